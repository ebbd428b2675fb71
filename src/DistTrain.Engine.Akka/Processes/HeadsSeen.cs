using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;

namespace DistTrain.Engine.Akka;

/// <summary>Notes all heads that have been members of the cluster while this node was in it. A node
/// that the cluster has given up looks for them; what it knew of members last may lack them, since
/// it has taken them for lost in turn.</summary>
internal sealed class HeadsSeen : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <param name="heads">Where they are noted.</param>
    public HeadsSeen(ConcurrentDictionary<Address, bool> heads) =>
        Receive<ClusterEvent.MemberUp>(m =>
        {
            if (m.Member.HasRole(NodePaths.HeadRole) && heads.Count < Members.Most)
            {
                heads[m.Member.Address] = true;
            }
        });

    public static Props Props(ConcurrentDictionary<Address, bool> heads) =>
        global::Akka.Actor.Props.Create(() => new HeadsSeen(heads));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp));

    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
