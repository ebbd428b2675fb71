using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Opens lanes: a child for each node that this one sends to, and one for each that it hears. A
/// node has one lane each way; when it opens another one, it has restarted or its old one broke,
/// and the old one's end here goes first.
/// </summary>
internal sealed class LaneOfficeActor : ReceiveActor
{
    private readonly LaneOffice _office;
    private readonly Dictionary<Address, Incoming> _incoming = [];
    private readonly Dictionary<Address, IActorRef> _outgoing = [];
    private long _receivers;
    private long _senders;

    public LaneOfficeActor(LaneOffice office)
    {
        _office = office;
        Receive<StartLane>(OnStartLane);
        Receive<ForgetNode>(OnForgetNode);
        Receive<OpenLane>(message => OnOpenLane(new Request(Sender, message.Lane)));
        Receive<Terminated>(OnTerminated);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(e =>
    {
        _office.Handler.OnFault(e);
        return Directive.Stop;
    });

    protected override void PostStop() => _office.ShutAll();

    private void OnStartLane(StartLane message)
    {
        LaneLink link = message.Link;
        if (link.IsRefusing)
        {
            // It was forgotten in between.
            link.Shut();
            return;
        }

        IActorRef sender = Context.ActorOf(
            Props.Create(() => new LaneSenderActor(_office, link)), $"to-{_senders++}");
        if (_outgoing.Remove(link.Node, out IActorRef? before))
        {
            Context.Stop(before);
        }

        _outgoing[link.Node] = Context.Watch(sender);
    }

    private void OnForgetNode(ForgetNode message)
    {
        if (_outgoing.TryGetValue(message.Node, out IActorRef? sender))
        {
            Context.Stop(sender);
        }

        if (_incoming.TryGetValue(message.Node, out Incoming? incoming))
        {
            incoming.Next = null;
            Context.Stop(incoming.Receiver);
        }
    }

    private void OnOpenLane(Request request)
    {
        Address address = request.Sender.Path.Address;
        Address from = address.HasGlobalScope ? address : _office.Self;
        if (!_incoming.TryGetValue(from, out Incoming? there))
        {
            Open(from, request);
        }
        else if (there.Current == request)
        {
            // It was open already; perhaps the answer was lost.
            there.Receiver.Tell(new OpenLane(request.Lane), request.Sender);
        }
        else if (!there.Current.Sender.Equals(request.Sender)
            || there.Current.Lane < request.Lane)
        {
            there.Next = request;
            Context.Stop(there.Receiver);
        }
    }

    private void Open(Address from, Request request)
    {
        if (_incoming.Count >= _office.Settings.MostLanes)
        {
            _office.Handler.OnRefused(from, $"{_incoming.Count} other nodes send here already");
            return;
        }

        IActorRef receiver = Context.ActorOf(
            Props.Create(() => new LaneReceiverActor(
                _office, from, request.Sender, request.Lane)),
            $"from-{_receivers++}");
        _incoming[from] = new Incoming(request, Context.Watch(receiver));
    }

    private void OnTerminated(Terminated message)
    {
        foreach ((Address from, Incoming incoming) in _incoming)
        {
            if (incoming.Receiver.Equals(message.ActorRef))
            {
                _incoming.Remove(from);
                if (incoming.Next is { } next)
                {
                    Open(from, next);
                }

                return;
            }
        }

        foreach ((Address to, IActorRef sender) in _outgoing)
        {
            if (sender.Equals(message.ActorRef))
            {
                _outgoing.Remove(to);
                return;
            }
        }
    }

    /// <summary>Who wants to send, and which attempt of its it is.</summary>
    private sealed record Request(IActorRef Sender, long Lane);

    private sealed class Incoming(Request current, IActorRef receiver)
    {
        public Request Current => current;

        public IActorRef Receiver => receiver;

        /// <summary>Is opened once the receiver has ended.</summary>
        public Request? Next { get; set; }
    }
}
