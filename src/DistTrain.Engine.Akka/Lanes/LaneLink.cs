using Akka.Actor;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The sending end of a lane, for those that send: it queues, and wakes the lane's actor, which
/// alone takes frames. When the lane breaks the actor puts another connection in the place of the
/// one here.
/// <para>
/// Invariant: while <c>_isAwake</c> is 1 the actor has a <see cref="PumpLane"/> before it, or will
/// have when it starts.
/// </para>
/// </summary>
internal sealed class LaneLink(LaneOffice office, Address node) : IMessageLink, IWireEvents
{
    private readonly Lock _replacing = new();
    private volatile WireConnection? _wire;
    private volatile IActorRef? _actor;
    private volatile bool _isRefusing;
    private bool _isShut;
    private int _isAwake;
    private int _isStarted;

    public Address Node => node;

    /// <summary>It takes nothing any more.</summary>
    public bool IsRefusing => _isRefusing;

    public bool TrySend(object message, WireStream? stream = null, int recipient = 0)
    {
        WireStream on = stream ?? WireConnection.StreamOf(message);
        WireConnection? tried = null;
        while (!_isRefusing && Current() is { } wire && wire != tried)
        {
            if (wire.TrySend(message, on, recipient))
            {
                Wake();
                return true;
            }

            // The queue is full, or the lane broke just now: then another one is there.
            tried = wire;
        }

        return false;
    }

    public void Close(string cause) => office.Forget(node);

    /// <summary>By the lane's actor: it takes frames from now on.</summary>
    public void Attach(IActorRef actor)
    {
        _actor = actor;
        actor.Tell(PumpLane.Instance, ActorRefs.NoSender);
    }

    /// <summary>By the lane's actor, before it looks for frames: whoever queues one from now on
    /// wakes it again.</summary>
    public void OnPump() => Volatile.Write(ref _isAwake, 0);

    /// <summary>The connection that frames are taken from, made when there is none; null once the
    /// link is shut.</summary>
    public WireConnection? Current()
    {
        if (_wire is { } there)
        {
            return there;
        }

        lock (_replacing)
        {
            if (_wire is null && !_isShut)
            {
                var wire = new WireConnection(office.Handler.Source, OneWay.Instance, this);
                wire.Trust();
                _wire = wire;
            }

            return _wire;
        }
    }

    /// <summary>By the lane's actor: what was queued, and what is under way, is dropped.</summary>
    public void Drop()
    {
        WireConnection? old;
        lock (_replacing)
        {
            old = _wire;
            _wire = null;
        }

        old?.Close();
    }

    /// <summary>Nothing is taken any more; what is queued is dropped by <see cref="Shut"/>.
    /// </summary>
    public void Refuse() => _isRefusing = true;

    /// <summary>The end, by the lane's actor, or by the office's for a lane that has none.
    /// </summary>
    public void Shut()
    {
        Refuse();
        lock (_replacing)
        {
            _isShut = true;
        }

        Drop();
    }

    void IWireEvents.OnMessage(IncomingMessage message) => throw new WireException(
        WireFault.OutOfOrder, $"{message.Content.GetType().Name} against the lane's direction");

    void IWireEvents.OnRefused(long number, string why) => throw new WireException(
        WireFault.OutOfOrder, $"message {number} against the lane's direction");

    void IWireEvents.OnPong(long value)
    {
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 1)
        {
            return;
        }

        if (_actor is { } actor)
        {
            actor.Tell(PumpLane.Instance, ActorRefs.NoSender);
        }
        else if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            office.Start(this);
        }
    }
}
