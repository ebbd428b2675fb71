using Akka.Actor;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Takes frames from a link and sends them to the receiving end at the other node, a window of them
/// at a time.
/// <para>
///     Opening ──LaneOpened──► Open ──► (broken) ──► Opening …
/// </para>
/// What the receiving end of an earlier attempt still says is ignored: it is another actor.
/// </summary>
internal sealed class LaneSenderActor : ReceiveActor, IWithTimers
{
    private static readonly object Retry = nameof(Retry);
    private static readonly object Probe = nameof(Probe);

    private readonly LaneOffice _office;
    private readonly LaneLink _link;
    private readonly LaneSettings _settings;
    private readonly ActorSelection _otherOffice;
    private readonly BackOff _backOff;
    private readonly FramePacker _packer = new();
    private IActorRef? _receiver;
    private SharedSegment? _memory;
    private long _lane;
    private long _sentFrames;
    private long _creditedFrames;
    private long _takenFrames;

    public LaneSenderActor(LaneOffice office, LaneLink link)
    {
        _office = office;
        _link = link;
        _settings = office.Settings;
        _backOff = new BackOff(_settings.FirstRetry, _settings.LongestRetry, new Random());
        _otherOffice = Context.ActorSelection(
            new RootActorPath(link.Node) / "user" / LaneOffice.ActorName);
        Receive<PumpLane>(_ => OnPump());
        Receive<LaneOpened>(OnOpened);
        Receive<LaneFrame>(OnFrame, _ => IsFromReceiver);
        Receive<LaneCredit>(OnCredit, _ => IsFromReceiver);
        Receive<LaneProbed>(OnProbed, _ => IsFromReceiver);
        Receive<Terminated>(
            _ => OnBroken("the other end is gone"), _ => _receiver is not null);
        Receive<string>(_ => TryOpen(), timer => ReferenceEquals(timer, Retry));
        Receive<string>(
            _ => _receiver?.Tell(new ProbeLane(_sentFrames)),
            timer => ReferenceEquals(timer, Probe));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsFromReceiver => _receiver is not null && _receiver.Equals(Sender);

    protected override void PreStart()
    {
        _link.Attach(Self);
        Timers.StartPeriodicTimer(Probe, Probe, _settings.ProbeInterval);
        _lane++;
        TryOpen();
    }

    protected override void PostStop()
    {
        _office.Remove(_link);
        _link.Shut();
        _memory?.Dispose();
    }

    /// <summary>Asks, and asks again until it is answered.</summary>
    private void TryOpen()
    {
        _otherOffice.Tell(new OpenLane(_lane), Self);
        Timers.StartSingleTimer(Retry, Retry, _backOff.Next());
    }

    private void OnOpened(LaneOpened message)
    {
        if (_receiver is null && message.Lane == _lane)
        {
            Timers.Cancel(Retry);
            _receiver = Context.Watch(Sender);
            _memory = LaneMemory.TryOpen(message.Memory);
            Send();
        }
    }

    private void OnPump()
    {
        _link.OnPump();
        Send();
    }

    private void OnFrame(LaneFrame frame)
    {
        _takenFrames++;
        try
        {
            _link.Current()?.Feed(frame.Bytes);
        }
        catch (WireException e)
        {
            OnBroken(e.Message);
        }

        Send();
    }

    private void OnCredit(LaneCredit credit)
    {
        _creditedFrames += credit.Frames;
        if (_creditedFrames > _sentFrames)
        {
            OnBroken("more frames are acknowledged than were sent");
            return;
        }

        // It works: the next attempt, some day, need not wait long.
        _backOff.Reset();
        Send();
    }

    private void OnProbed(LaneProbed probed)
    {
        if (probed.CreditedFrames != _creditedFrames || probed.SentFrames != _takenFrames)
        {
            OnBroken("frames from the other end were lost");
        }
    }

    private void Send()
    {
        try
        {
            SendAll();
        }
        catch (IOException e)
        {
            OnBroken(e.Message);
        }
    }

    private void SendAll()
    {
        while (_receiver is not null && _link.Current() is { } wire
            && _sentFrames - _creditedFrames < _settings.WindowFrames
            && Next(wire) is { } frames)
        {
            _sentFrames++;
            _receiver.Tell(frames, Self);
        }
    }

    /// <summary>What the receiver is told next; null: nothing.</summary>
    private object? Next(WireConnection wire)
    {
        if (_memory is null)
        {
            return _packer.TryPack(wire, out byte[]? packed) ? new LaneFrame(packed) : null;
        }

        int bytes = FramePacker.Share(wire, _memory.Rings[0]);
        return bytes > 0 ? new LaneShared(bytes) : null;
    }

    /// <summary>Begins anew; the office at the other end replaces the receiver.</summary>
    private void OnBroken(string why)
    {
        Context.Unwatch(_receiver);
        _receiver = null;
        _sentFrames = _creditedFrames = _takenFrames = 0;
        _link.Drop();
        _memory?.Dispose();
        _memory = null;
        _lane++;
        Timers.StartSingleTimer(Retry, Retry, _backOff.Next());
        _office.Handler.OnBroken(_link.Node, why);
    }
}
