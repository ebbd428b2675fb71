using System.Collections.Concurrent;
using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The lanes of a node. Messages that carry tensors, and whatever must keep its order with them, go
/// on lanes: over Akka's own connection to the other node, in frames of the wire, of which few are
/// under way at a time. One office per actor system; safe for all threads.
/// </summary>
internal sealed class LaneOffice
{
    /// <summary>Of the office's actor, below /user.</summary>
    public const string ActorName = "lanes";

    private readonly ConcurrentDictionary<Address, LaneLink> _links = [];
    private readonly IActorRef _actor;

    private LaneOffice(ActorSystem system, ILaneHandler handler, LaneSettings settings)
    {
        Handler = handler;
        Settings = settings;
        Self = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        _actor = system.ActorOf(Props.Create(() => new LaneOfficeActor(this)), ActorName);
    }

    public ILaneHandler Handler { get; }

    public LaneSettings Settings { get; }

    /// <summary>The address of this node.</summary>
    public Address Self { get; }

    public static LaneOffice Start(ActorSystem system, ILaneHandler handler) =>
        Start(system, handler, LaneSettings.Default);

    public static LaneOffice Start(
        ActorSystem system, ILaneHandler handler, LaneSettings settings) =>
        new(system, handler, settings);

    /// <summary>The lane to a node, made with the first message on it. The node need not be there
    /// yet, and may restart: then what was queued for the one before is lost.</summary>
    /// <returns>Beyond <see cref="LaneSettings.MostLanes"/>: a link that takes nothing.</returns>
    public IMessageLink To(Address node)
    {
        if (_links.TryGetValue(node, out LaneLink? there))
        {
            return there;
        }

        if (_links.Count >= Settings.MostLanes)
        {
            Handler.OnRefused(node, $"there are {Settings.MostLanes} lanes to other nodes already");
            var none = new LaneLink(this, node);
            none.Shut();
            return none;
        }

        return _links.GetOrAdd(node, address => new LaneLink(this, address));
    }

    /// <summary>The node is gone for good: what is queued for it is dropped, what is under way from
    /// it is abandoned.</summary>
    public void Forget(Address node)
    {
        if (_links.TryGetValue(node, out LaneLink? link))
        {
            Remove(link);
            link.Refuse();
        }

        _actor.Tell(new ForgetNode(node), ActorRefs.NoSender);
    }

    /// <summary>By a link: it has something to send for the first time.</summary>
    public void Start(LaneLink link) =>
        _actor.Tell(new StartLane(link), ActorRefs.NoSender);

    /// <summary>By the actor of a lane that ends.</summary>
    public void Remove(LaneLink link) =>
        _links.TryRemove(new KeyValuePair<Address, LaneLink>(link.Node, link));

    /// <summary>By the office's actor, which ends.</summary>
    public void ShutAll()
    {
        foreach (LaneLink link in _links.Values)
        {
            link.Shut();
        }
    }
}
