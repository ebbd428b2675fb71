using Akka.Actor;
using Akka.Cluster;

namespace DistTrain.Engine.Akka;

/// <summary>Which nodes there are, as the cluster's gossip has it.</summary>
internal interface IClusterView
{
    /// <summary>Those of a role that are up and not about to leave.</summary>
    IReadOnlyList<Address> Up(string role);

    /// <summary>An actor hears of nodes that cannot be reached.</summary>
    void Subscribe(IActorRef actor);

    /// <summary>The cluster is to give a node up.</summary>
    void Down(Address node);
}

/// <inheritdoc cref="IClusterView"/>
internal sealed class ClusterView(Cluster cluster) : IClusterView
{
    public IReadOnlyList<Address> Up(string role) =>
    [
        .. cluster.State.Members
            .Where(member => member.Status == MemberStatus.Up && member.HasRole(role))
            .Select(member => member.Address),
    ];

    public void Subscribe(IActorRef actor) => cluster.Subscribe(
        actor, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.UnreachableMember));

    public void Down(Address node) => cluster.Down(node);
}
