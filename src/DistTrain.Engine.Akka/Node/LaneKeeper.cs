using Akka.Actor;
using Akka.Cluster;

namespace DistTrain.Engine.Akka;

/// <summary>Gives up the lanes to nodes that are no members of the cluster any more.</summary>
internal sealed class LaneKeeper : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public LaneKeeper(NodeLinks links)
    {
        Receive<ClusterEvent.MemberRemoved>(m => links.Forget(m.Member.Address));
        ReceiveAny(_ => { }); // the state at the beginning
    }

    public static Props Props(NodeLinks links) =>
        global::Akka.Actor.Props.Create(() => new LaneKeeper(links));

    protected override void PreStart() =>
        _cluster.Subscribe(Self, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
