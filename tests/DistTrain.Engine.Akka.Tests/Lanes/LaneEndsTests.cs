using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>One end of a lane against a probe in the place of the other.</summary>
public sealed class LaneEndsTests : TestKit
{
    private const int WindowFrames = 8;

    private static readonly LaneSettings Settings = LaneNode.Quick with
    {
        WindowFrames = WindowFrames,
        SharesMemory = false,
        ProbeInterval = TimeSpan.FromHours(1),
    };

    private readonly LaneNode _node;
    private readonly TestProbe _other;

    public LaneEndsTests()
        : base(LoopbackNode.Start())
    {
        _node = new LaneNode(Sys, Settings);
        _other = CreateTestProbe();
    }

    [Fact]
    public void No_more_than_a_window_of_frames_is_ever_under_way()
    {
        using ActorSystem far = _node.OfficeOf(_other);
        SendTensor(far, 4 << 20);
        IActorRef sender = Open(1);
        ExpectFrames(WindowFrames);
        ExpectNothingMore(sender);
        foreach (int credit in new[] { 1, 3, WindowFrames })
        {
            sender.Tell(new LaneCredit(credit), _other);
            ExpectFrames(credit);
            ExpectNothingMore(sender);
        }
    }

    [Fact]
    public void A_receiver_that_acknowledges_too_much_is_left()
    {
        using ActorSystem far = _node.OfficeOf(_other);
        SendTensor(far, 4);
        IActorRef sender = Open(1);
        ExpectFrames(1);
        sender.Tell(new LaneCredit(2), _other);
        _node.NextBroken().ShouldContain("acknowledged");
        AwaitOpenLane(2);
        _node.Closed.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void A_sender_that_misses_frames_begins_anew(long credited, long sent)
    {
        using ActorSystem far = _node.OfficeOf(_other);
        SendTensor(far, 4);
        IActorRef sender = Open(1);
        ExpectFrames(1);
        sender.Tell(new LaneCredit(1), _other);
        sender.Tell(new LaneProbed(1, 0), _other);
        ExpectNothingMore(sender);
        sender.Tell(new LaneProbed(credited, sent), _other);
        _node.NextBroken().ShouldContain("lost");
        AwaitOpenLane(2);
    }

    [Fact]
    public void A_new_attempt_begins_with_the_wires_greeting_and_hears_nothing_of_the_old()
    {
        using ActorSystem far = _node.OfficeOf(_other);
        SendTensor(far, 4);
        IActorRef sender = Open(1);
        byte[] first = NextFrame();
        sender.Tell(new LaneCredit(9), _other);
        _node.NextBroken();
        SendTensor(far, 4);
        AwaitOpenLane(2);
        TestProbe next = CreateTestProbe();
        sender.Tell(new LaneOpened(1), _other);
        sender.Tell(new LaneOpened(2), next);
        next.ExpectMsg<LaneFrame>(LoopbackNode.Patience).Bytes.ShouldBe(first);

        // Each of these would break the new attempt.
        sender.Tell(new LaneCredit(9), _other);
        sender.Tell(new LaneFrame([1, 2, 3]), _other);
        sender.Tell(new LaneProbed(7, 7), _other);
        SendTensor(far, 4);
        next.ExpectMsg<LaneFrame>(LoopbackNode.Patience).Bytes.Length
            .ShouldBeLessThan(first.Length);
    }

    [Fact]
    public void A_receiver_acknowledges_every_quarter_of_the_window_and_answers_a_probe()
    {
        IActorRef receiver = OpenHere(1);
        WireConnection wire = Wire();
        Send(wire, new AllowSteps(default, 0), receiver);
        _other.ExpectMsg<LaneFrame>(LoopbackNode.Patience);
        Send(wire, new AllowSteps(default, 1), receiver);
        _other.ExpectMsg(new LaneCredit(WindowFrames / 4), LoopbackNode.Patience);
        Send(wire, new AllowSteps(default, 2), receiver);
        receiver.Tell(new ProbeLane(3), _other);
        _other.ExpectMsg(new LaneCredit(1), LoopbackNode.Patience);
        _other.ExpectMsg(new LaneProbed(3, 1), LoopbackNode.Patience);
        Enumerable.Range(0, 3).Select(_ => LaneNode.NumberOf(_node.Next().Content))
            .ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void A_receiver_that_misses_frames_ends()
    {
        IActorRef receiver = OpenHere(1);
        _other.Watch(receiver);
        receiver.Tell(new ProbeLane(1), _other);
        _other.ExpectTerminated(receiver, LoopbackNode.Patience);
        _node.NextRefused().ShouldContain("of 1 frames 0 came");
    }

    [Fact]
    public void Bytes_of_another_program_end_the_lane()
    {
        IActorRef receiver = OpenHere(1);
        _other.Watch(receiver);
        receiver.Tell(new LaneFrame("GET / HTTP/1.1"u8.ToArray()), _other);
        _other.ExpectTerminated(receiver, LoopbackNode.Patience);
        _node.NextRefused().ShouldContain("no DistTrain node");
    }

    [Fact]
    public void A_frame_of_an_old_attempt_never_reaches_the_new_one()
    {
        IActorRef old = OpenHere(1);
        OpenHere(1).ShouldBe(old);
        IActorRef receiver = OpenHere(2);
        receiver.ShouldNotBe(old);

        // Each of these would break the new attempt.
        old.Tell(new LaneFrame([1, 2, 3]), _other);
        receiver.Tell(new LaneFrame([1, 2, 3]), CreateTestProbe());
        Office.Tell(new OpenLane(1), _other);
        OpenHere(2).ShouldBe(receiver);

        Send(Wire(), new AllowSteps(default, 5), receiver);
        LaneNode.NumberOf(_node.Next().Content).ShouldBe(5);
    }

    [Fact]
    public void A_tensor_under_way_is_abandoned_when_its_sender_goes()
    {
        IActorRef receiver = OpenHere(1);
        Send(Wire(), LaneNode.Contribution(_node.Add(1 << 20)), receiver, most: 3);
        Sys.Stop(_other);
        AwaitAssert(() => _node.Abandoned.ShouldBe(1), LoopbackNode.Patience);
    }

    private ActorSelection Office => Sys.ActorSelection("/user/lanes");

    private void SendTensor(ActorSystem to, int bytes) =>
        _node.Office.To(LoopbackNode.AddressOf(to))
            .TrySend(LaneNode.Contribution(_node.Add(bytes))).ShouldBeTrue();

    /// <summary>The probe answers the sending end, which is returned.</summary>
    private IActorRef Open(long lane)
    {
        AwaitOpenLane(lane);
        IActorRef sender = _other.LastSender;
        sender.Tell(new LaneOpened(lane), _other);
        return sender;
    }

    private void AwaitOpenLane(long lane) =>
        Next(message => message is not OpenLane open || open.Lane != lane);

    private void ExpectFrames(int count)
    {
        for (int i = 0; i < count; i++)
        {
            NextFrame().Length.ShouldBeLessThan(85_000);
        }
    }

    /// <summary>Behind all that the other end has sent so far comes its answer.</summary>
    private void ExpectNothingMore(IActorRef end)
    {
        end.Tell(new Identify(1), _other);
        Next(message => message is OpenLane).ShouldBeOfType<ActorIdentity>();
    }

    private byte[] NextFrame() =>
        Next(message => message is OpenLane).ShouldBeOfType<LaneFrame>().Bytes;

    /// <summary>Attempts to open a lane are repeated: they may come at any time.</summary>
    private object Next(Predicate<object> isPassedOver)
    {
        for (int i = 0; i < 100; i++)
        {
            object message = _other.ReceiveOne(LoopbackNode.Patience).ShouldNotBeNull();
            if (!isPassedOver(message))
            {
                return message;
            }
        }

        throw new TimeoutException("nothing but attempts to open a lane");
    }

    /// <summary>The probe opens a lane to this node, whose receiving end is returned.</summary>
    private IActorRef OpenHere(long lane)
    {
        Office.Tell(new OpenLane(lane), _other);
        _other.ExpectMsg(new LaneOpened(lane), LoopbackNode.Patience);
        return _other.LastSender;
    }

    private WireConnection Wire() => new(_node, OneWay.Instance, new LaneLink(_node.Office, null!));

    private void Send(
        WireConnection wire, object message, IActorRef receiver, int most = int.MaxValue)
    {
        wire.TrySend(message).ShouldBeTrue();
        var packer = new FramePacker();
        for (int sent = 0; sent < most && packer.TryPack(wire, out byte[]? bytes); sent++)
        {
            receiver.Tell(new LaneFrame(bytes), _other);
        }
    }
}
