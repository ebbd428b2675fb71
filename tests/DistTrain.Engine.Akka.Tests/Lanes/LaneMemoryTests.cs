using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>One end of a lane between nodes of one machine; a probe and the memory are the other.
/// </summary>
public sealed class LaneMemoryTests : TestKit
{
    private const string Reason = "shared memory is Linux's";

    private readonly LaneNode _node;
    private readonly TestProbe _other;

    public LaneMemoryTests()
        : base(LoopbackNode.Start())
    {
        _node = new LaneNode(Sys, LaneNode.Quick with { ProbeInterval = TimeSpan.FromHours(1) });
        _other = CreateTestProbe();
    }

    [SkippableFact]
    public void A_sender_fills_the_memory_and_goes_on_as_it_is_read()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        const int Length = 5 << 20;
        using var memory = LaneMemory.TryCreate()!;
        using ActorSystem far = _node.OfficeOf(_other);
        IActorRef sender = Send(far, new byte[Length]);
        sender.Tell(new LaneOpened(1, memory.Name), _other);

        int there = 0;
        while (there <= SharedRing.Capacity - (1 << 16))
        {
            there += NextShared();
        }

        sender.Tell(new Identify(1), _other);
        Next().ShouldBeOfType<ActorIdentity>("no more is told than there is room for");
        there.ShouldBeLessThanOrEqualTo(SharedRing.Capacity);
        byte[] read = new byte[SharedRing.Capacity];
        int total = 0;
        while (true)
        {
            memory.Ring.Read(read.AsSpan(0, there)).ShouldBe(there);
            sender.Tell(new LaneCredit(1), _other);
            total += there;
            if (total >= Length)
            {
                break;
            }

            there = NextShared();
        }


        SharedSegment.TryOpen(Convert.FromHexString(memory.Name), 1).ShouldBeNull("no name stays");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("00112233445566778899aabbccddeeff")]
    [InlineData("00112233445566778899aabbccddeeff00")]
    [InlineData("00112233445566778899aabbccddee")]
    public void A_sender_that_cannot_map_what_it_is_told_sends_the_bytes(string name)
    {
        using ActorSystem far = _node.OfficeOf(_other);
        IActorRef sender = Send(far, new byte[4]);
        sender.Tell(new LaneOpened(1, name), _other);
        Next().ShouldBeOfType<LaneFrame>();
    }

    [SkippableFact]
    public void A_receiver_takes_what_is_in_the_memory_and_acknowledges_each()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        IActorRef receiver = OpenHere(out SharedSegment memory);
        var wire = new WireConnection(
            _node, OneWay.Instance, new LaneLink(_node.Office, null!));
        for (int step = 0; step < 3; step++)
        {
            wire.TrySend(new AllowSteps(default, step)).ShouldBeTrue();
            receiver.Tell(new LaneShared(FramePacker.Share(wire, memory.Rings[0])), _other);
            LaneNode.NumberOf(_node.Next().Content).ShouldBe(step);
            Next(message => message is LaneFrame).ShouldBe(new LaneCredit(1));
        }

        memory.Dispose();
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_receiver_that_is_told_of_bytes_that_are_not_there_ends(int bytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        IActorRef receiver = OpenHere(out SharedSegment memory);
        _other.Watch(receiver);
        receiver.Tell(new LaneShared(bytes), _other);
        _other.ExpectTerminated(receiver, LoopbackNode.Patience);
        _node.NextRefused().ShouldContain("not in the memory");
        memory.Dispose();
    }

    /// <summary>The lane's sending end, which waits to be answered.</summary>
    private IActorRef Send(ActorSystem to, byte[] tensor)
    {
        _node.Office.To(LoopbackNode.AddressOf(to))
            .TrySend(LaneNode.Contribution(_node.Add(tensor))).ShouldBeTrue();
        Next(message => message is not OpenLane);
        return _other.LastSender;
    }

    /// <summary>The lane's receiving end, and the memory that it offers.</summary>
    private IActorRef OpenHere(out SharedSegment memory)
    {
        Sys.ActorSelection("/user/lanes").Tell(new OpenLane(1), _other);
        string name = _other.ExpectMsg<LaneOpened>(LoopbackNode.Patience).Memory;
        memory = LaneMemory.TryOpen(name).ShouldNotBeNull();
        return _other.LastSender;
    }

    private int NextShared() => Next().ShouldBeOfType<LaneShared>().Bytes;

    private object Next() => Next(message => message is OpenLane);

    private object Next(Predicate<object> isPassedOver)
    {
        object message = _other.ReceiveOne(LoopbackNode.Patience).ShouldNotBeNull();
        while (isPassedOver(message))
        {
            message = _other.ReceiveOne(LoopbackNode.Patience).ShouldNotBeNull();
        }

        return message;
    }
}
