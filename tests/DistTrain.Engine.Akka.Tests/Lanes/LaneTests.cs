using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>What is sent on a lane between two nodes arrives.</summary>
public abstract class LaneTests : TestKit
{
    private const int Mebibyte = 1 << 20;

    private readonly LaneSettings _settings;
    private readonly LaneNode _left;
    private readonly LaneNode _right;

    protected LaneTests(bool sharesMemory)
        : base(LoopbackNode.Start())
    {
        _settings = LaneNode.Quick with { SharesMemory = sharesMemory };
        _left = new LaneNode(Sys, _settings);
        _right = LaneNode.Start(settings: _settings);
    }

    private IMessageLink ToRight => _left.Office.To(_right.Address);

    [Fact]
    public void A_tensor_arrives_bit_for_bit_with_its_recipient()
    {
        byte[] sent = new byte[(4 * Mebibyte) + 4];
        new Random(1).NextBytes(sent);
        TensorHandle handle = _left.Add([.. sent]);
        ToRight.TrySend(LaneNode.Contribution(handle, 7), recipient: 513).ShouldBeTrue();

        Arrived arrived = _right.Next();
        arrived.From.ShouldBe(_left.Address);
        arrived.Recipient.ShouldBe(513);
        arrived.Stream.ShouldBe(WireStream.Step);
        arrived.Content.ShouldBeOfType<Contribution>().Step.ShouldBe(7);
        arrived.Tensor.ShouldNotBeNull().AsSpan().SequenceEqual(sent).ShouldBeTrue();
        AwaitAssert(() => _left.Closed.ShouldBe(1), LoopbackNode.Patience);
        _left.Opened.ShouldBe(1);
    }

    [Fact]
    public void The_way_back_is_the_lane_to_the_sender()
    {
        ToRight.TrySend(new AllowSteps(default, 1)).ShouldBeTrue();
        Arrived there = _right.Next();
        there.Back.ShouldBeSameAs(_right.Office.To(_left.Address));
        there.Back.TrySend(LaneNode.Contribution(_right.Add([1, 2, 3, 4]))).ShouldBeTrue();
        Arrived back = _left.Next();
        back.From.ShouldBe(_right.Address);
        back.Tensor.ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Messages_of_a_stream_keep_their_order_and_none_is_missing()
    {
        const int Count = 2_000;
        for (int i = 0; i < Count; i++)
        {
            object message = i % 10 == 0
                ? LaneNode.Contribution(_left.Add(1 + (i * 37)), i)
                : new AllowSteps(default, i);
            ToRight.TrySend(message, WireStream.Step).ShouldBeTrue();
        }

        for (int i = 0; i < Count; i++)
        {
            Arrived arrived = _right.Next();
            LaneNode.NumberOf(arrived.Content).ShouldBe(i);
            arrived.Tensor?.Length.ShouldBe(1 + (i * 37));
        }

        AwaitAssert(() => _left.Closed.ShouldBe(Count / 10), LoopbackNode.Patience);
    }

    [Fact]
    public void More_than_a_window_of_each_stream_goes_both_ways_at_once()
    {
        const int Count = 12;
        for (int i = 0; i < Count; i++)
        {
            foreach ((LaneNode from, LaneNode to) in new[] { (_left, _right), (_right, _left) })
            {
                IMessageLink link = from.Office.To(to.Address);
                link.TrySend(LaneNode.Contribution(from.Add(4 * Mebibyte), i)).ShouldBeTrue();
                link.TrySend(LaneNode.DataPart(from.Add(Mebibyte), i)).ShouldBeTrue();
            }
        }

        for (int i = 0; i < 2 * Count; i++)
        {
            _left.Next();
            _right.Next();
        }
    }

    [Fact]
    public void A_tensor_that_there_is_no_room_for_leaves_the_lane_alive()
    {
        _right.HasRoom = message => LaneNode.NumberOf(message) != 1;
        for (int step = 0; step < 3; step++)
        {
            ToRight.TrySend(LaneNode.Contribution(_left.Add(Mebibyte), step)).ShouldBeTrue();
        }

        LaneNode.NumberOf(_right.Next().Content).ShouldBe(0);
        LaneNode.NumberOf(_right.Next().Content).ShouldBe(2);
        _right.NextRefused().ShouldContain("no room");
        AwaitAssert(() => _left.Closed.ShouldBe(3), LoopbackNode.Patience);
    }

    [Fact]
    public void A_node_may_send_to_itself()
    {
        _left.Office.To(_left.Address)
            .TrySend(LaneNode.Contribution(_left.Add([1, 2, 3]))).ShouldBeTrue();
        Arrived arrived = _left.Next();
        arrived.From.ShouldBe(_left.Address);
        arrived.Tensor.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_message_that_never_travels_is_the_callers_mistake() =>
        Should.Throw<ArgumentException>(() => ToRight.TrySend(new StopRequested()));

    [Fact]
    public void Beyond_the_limit_on_lanes_nothing_is_taken()
    {
        using LaneNode node = LaneNode.Start(settings: _settings with { MostLanes = 1 });
        node.Office.To(_left.Address).TrySend(new AllowSteps(default, 1)).ShouldBeTrue();
        node.Office.To(_right.Address).TrySend(new AllowSteps(default, 1)).ShouldBeFalse();
        node.NextRefused().ShouldContain("1 lanes");
        _left.Next().Back.TrySend(new AllowSteps(default, 2)).ShouldBeTrue();
        node.Next();
        _right.Office.To(node.Address).TrySend(new AllowSteps(default, 3)).ShouldBeTrue();
        node.NextRefused().ShouldContain("1 other nodes");
        node.Waiting.ShouldBe(0);
    }

    protected override void AfterAll()
    {
        _right.Dispose();
        base.AfterAll();
    }
}

/// <summary>Through memory, where the system has it.</summary>
public sealed class SharedLaneTests() : LaneTests(sharesMemory: true);

/// <summary>By Akka's own connection, as between machines.</summary>
public sealed class FramedLaneTests() : LaneTests(sharesMemory: false);
