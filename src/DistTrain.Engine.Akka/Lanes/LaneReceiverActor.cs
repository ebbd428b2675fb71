using Akka.Actor;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>The receiving end of one attempt of a lane: it lives no longer than the lane, so that
/// no frame of another one ever reaches it.</summary>
internal sealed class LaneReceiverActor : ReceiveActor, IWireEvents
{
    private readonly Address _from;
    private readonly IActorRef _sender;
    private readonly long _lane;
    private readonly ILaneHandler _handler;
    private readonly IMessageLink _back;
    private readonly WireConnection _wire;
    private readonly FramePacker _packer = new();
    private readonly int _creditFrames;
    private readonly LaneMemory? _memory;
    private long _takenFrames;
    private long _creditedFrames;
    private long _sentFrames;

    public LaneReceiverActor(LaneOffice office, Address from, IActorRef sender, long lane)
    {
        _from = from;
        _sender = sender;
        _lane = lane;
        _handler = office.Handler;
        _back = office.To(from);
        _creditFrames = office.Settings.CreditFrames;
        _wire = new WireConnection(OneWay.Instance, _handler.SinkFor(from), this);
        _wire.Trust();
        _memory = office.Settings.SharesMemory && from.Host == office.Self.Host
            ? LaneMemory.TryCreate()
            : null;
        Receive<LaneShared>(OnShared, _ => _sender.Equals(Sender));
        Receive<LaneFrame>(OnFrame, _ => _sender.Equals(Sender));
        Receive<ProbeLane>(OnProbe, _ => _sender.Equals(Sender));
        Receive<OpenLane>(_ => SayOpened());
        Receive<Terminated>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
    }

    protected override void PreStart()
    {
        Context.Watch(_sender);
        SayOpened();
    }

    /// <summary>What is under way is abandoned.</summary>
    protected override void PostStop()
    {
        _wire.Close();
        _memory?.Dispose();
    }

    void IWireEvents.OnMessage(IncomingMessage message)
    {
        _handler.OnMessage(_from, message, _back);
        _wire.Release(message);
    }

    void IWireEvents.OnRefused(long number, string why) => _handler.OnRefused(_from, why);

    void IWireEvents.OnPong(long value)
    {
    }

    private void SayOpened() =>
        _sender.Tell(new LaneOpened(_lane, _memory?.Name ?? ""), Self);

    private void OnFrame(LaneFrame frame)
    {
        try
        {
            _wire.Feed(frame.Bytes);
        }
        catch (WireException e)
        {
            End(e.Message);
            return;
        }

        OnTaken(_creditFrames);
    }

    /// <summary>Bytes go from the memory to where they belong. Each is acknowledged: the sender may
    /// wait for room.</summary>
    private void OnShared(LaneShared shared)
    {
        try
        {
            Take(shared.Bytes);
        }
        catch (Exception e) when (e is WireException or IOException)
        {
            End(e.Message);
            return;
        }

        OnTaken(creditFrames: 1);
    }

    private void Take(int bytes)
    {
        while (bytes > 0)
        {
            Span<byte> room = _wire.Buffer.Span;
            int taken = _memory?.Ring.Read(room[..Math.Min(room.Length, bytes)]) ?? 0;
            if (taken == 0)
            {
                throw new IOException($"{bytes} bytes are not in the memory that both share");
            }

            _wire.Advance(taken);
            bytes -= taken;
        }
    }

    private void OnTaken(int creditFrames)
    {
        _takenFrames++;
        while (_packer.TryPack(_wire, out byte[]? bytes))
        {
            _sentFrames++;
            _sender.Tell(new LaneFrame(bytes), Self);
        }

        if (_takenFrames - _creditedFrames >= creditFrames)
        {
            GiveCredit();
        }
    }

    private void OnProbe(ProbeLane probe)
    {
        if (probe.SentFrames != _takenFrames)
        {
            End($"of {probe.SentFrames} frames {_takenFrames} came");
            return;
        }

        GiveCredit();
        _sender.Tell(new LaneProbed(_creditedFrames, _sentFrames), Self);
    }

    private void GiveCredit()
    {
        if (_takenFrames > _creditedFrames)
        {
            _sender.Tell(new LaneCredit((int)(_takenFrames - _creditedFrames)), Self);
            _creditedFrames = _takenFrames;
        }
    }

    /// <summary>The sender hears that this actor is gone, and begins anew.</summary>
    private void End(string why)
    {
        _handler.OnRefused(_from, $"the lane from it ends: {why}");
        Context.Stop(Self);
    }
}
