using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Nodes that are not there yet, go, and come back.</summary>
public abstract class LaneLossTests : TestKit
{
    private const int Mebibyte = 1 << 20;

    private readonly LaneSettings _settings;
    private readonly LaneNode _left;
    private readonly ManualResetEventSlim _hasBegun = new();
    private readonly ManualResetEventSlim _mayGoOn = new();

    protected LaneLossTests(bool sharesMemory)
        : base(LoopbackNode.Start())
    {
        _settings = LaneNode.Quick with { SharesMemory = sharesMemory };
        _left = new LaneNode(Sys, _settings);
    }

    [Fact]
    public void What_is_sent_before_the_other_node_exists_arrives_once_it_does()
    {
        int port = FreePort();
        IMessageLink link = _left.Office.To(_left.Address.WithPort(port));
        for (int step = 0; step < 3; step++)
        {
            link.TrySend(LaneNode.Contribution(_left.Add(4 * Mebibyte), step)).ShouldBeTrue();
        }

        link.TrySend(LaneNode.DataPart(_left.Add(Mebibyte), 8)).ShouldBeTrue();
        link.TrySend(new AllowSteps(default, 9)).ShouldBeTrue();

        using LaneNode right = LaneNode.Start(port, _settings);

        // Streams overtake each other between frames: what is small is first though it was queued
        // last, and of eight frames the bulk has one.
        Enumerable.Range(0, 5).Select(_ => LaneNode.NumberOf(right.Next().Content))
            .ShouldBe([9, 0, 8, 1, 2]);
    }

    [Fact]
    public async Task Tensors_are_closed_when_the_receiver_goes_in_the_midst_of_them()
    {
        LaneNode right = BlockingNode();
        for (int step = 0; step < 5; step++)
        {
            _left.Office.To(right.Address)
                .TrySend(LaneNode.Contribution(_left.Add(16 * Mebibyte), step)).ShouldBeTrue();
        }

        _hasBegun.Wait(LoopbackNode.Patience).ShouldBeTrue();
        _left.Closed.ShouldBe(0);
        Task terminated = right.System.Terminate();
        _mayGoOn.Set();
        await terminated.WaitAsync(LoopbackNode.Patience);

        _left.NextBroken().ShouldContain("gone");
        AwaitAssert(() => _left.Closed.ShouldBe(5), LoopbackNode.Patience);
        _left.Opened.ShouldBe(5);
    }

    [Fact]
    public async Task A_receiver_that_forgets_the_sender_abandons_what_is_under_way()
    {
        using LaneNode right = BlockingNode();
        IMessageLink link = _left.Office.To(right.Address);
        link.TrySend(LaneNode.Contribution(_left.Add(16 * Mebibyte), 1)).ShouldBeTrue();
        _hasBegun.Wait(LoopbackNode.Patience).ShouldBeTrue();

        right.Office.Forget(_left.Address);

        // The office answers once it has told the lane's receiving end to stop.
        await right.System.ActorSelection("/user/lanes")
            .Ask<ActorIdentity>(new Identify(1), LoopbackNode.Patience);
        _mayGoOn.Set();

        AwaitAssert(() => right.Abandoned.ShouldBe(1), LoopbackNode.Patience);
        _left.NextBroken();
        AwaitAssert(() => _left.Closed.ShouldBe(1), LoopbackNode.Patience);
        link.TrySend(LaneNode.Contribution(_left.Add(4), 2)).ShouldBeTrue();
        LaneNode.NumberOf(right.Next().Content).ShouldBe(2);
    }

    [Fact]
    public async Task A_node_that_restarts_at_its_address_gets_what_is_sent_later()
    {
        int port = FreePort();
        LaneNode first = LaneNode.Start(port, _settings);
        IMessageLink link = _left.Office.To(first.Address);
        link.TrySend(LaneNode.Contribution(_left.Add(Mebibyte), 1)).ShouldBeTrue();
        first.Next().Back.TrySend(new AllowSteps(default, 1)).ShouldBeTrue();
        _left.Next();
        await first.System.Terminate().WaitAsync(LoopbackNode.Patience);
        _left.NextBroken();

        using LaneNode second = LaneNode.Start(port, _settings);
        link.TrySend(LaneNode.Contribution(_left.Add(Mebibyte), 2)).ShouldBeTrue();
        Arrived arrived = second.Next();
        LaneNode.NumberOf(arrived.Content).ShouldBe(2);
        arrived.Back.TrySend(new AllowSteps(default, 3)).ShouldBeTrue();
        LaneNode.NumberOf(_left.Next().Content).ShouldBe(3);
    }

    [Fact]
    public void Nothing_is_queued_for_a_node_that_is_forgotten()
    {
        IMessageLink link = _left.Office.To(_left.Address.WithPort(FreePort()));
        link.TrySend(LaneNode.Contribution(_left.Add(4))).ShouldBeTrue();
        link.Close("for good");
        AwaitAssert(() => _left.Closed.ShouldBe(1), LoopbackNode.Patience);
        link.TrySend(LaneNode.Contribution(_left.Add(4))).ShouldBeFalse();
        _left.Opened.ShouldBe(1);
    }

    [Fact]
    public void A_node_that_was_forgotten_may_be_sent_to_again()
    {
        using LaneNode right = LaneNode.Start(settings: _settings);
        _left.Office.To(right.Address).TrySend(new AllowSteps(default, 1)).ShouldBeTrue();
        right.Next();
        _left.Office.Forget(right.Address);
        _left.Office.To(right.Address).TrySend(new AllowSteps(default, 2)).ShouldBeTrue();
        LaneNode.NumberOf(right.Next().Content).ShouldBe(2);
    }

    [Fact]
    public async Task Tensors_are_closed_when_the_sender_ends()
    {
        LaneNode left = LaneNode.Start(settings: _settings);
        IMessageLink link = left.Office.To(_left.Address.WithPort(FreePort()));
        link.TrySend(LaneNode.Contribution(left.Add(4))).ShouldBeTrue();
        await left.System.Terminate().WaitAsync(LoopbackNode.Patience);
        left.Closed.ShouldBe(1);
        link.TrySend(LaneNode.Contribution(left.Add(4))).ShouldBeFalse();
    }

    [Fact]
    public void A_handler_that_throws_is_told_and_ends_the_lane()
    {
        using LaneNode right = LaneNode.Start(settings: _settings);
        right.OnArrival = message =>
        {
            if (LaneNode.NumberOf(message) == 1)
            {
                throw new InvalidOperationException("a bug");
            }
        };
        IMessageLink link = _left.Office.To(right.Address);
        link.TrySend(new AllowSteps(default, 1)).ShouldBeTrue();
        right.NextFault().Message.ShouldBe("a bug");
        _left.NextBroken();
        link.TrySend(new AllowSteps(default, 2)).ShouldBeTrue();
        LaneNode.NumberOf(right.Next().Content).ShouldBe(2);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _hasBegun.Dispose();
        _mayGoOn.Dispose();
    }

    /// <summary>It stands still where a tensor begins.</summary>
    private LaneNode BlockingNode()
    {
        LaneNode node = LaneNode.Start(settings: _settings);
        node.HasRoom = _ =>
        {
            _hasBegun.Set();
            return _mayGoOn.Wait(LoopbackNode.Patience);
        };
        return node;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Through memory, where the system has it.</summary>
public sealed class SharedLaneLossTests() : LaneLossTests(sharesMemory: true);

/// <summary>By Akka's own connection, as between machines.</summary>
public sealed class FramedLaneLossTests() : LaneLossTests(sharesMemory: false);
