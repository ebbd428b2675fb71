using Akka.Actor;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A cluster of nodes that a test names.</summary>
internal sealed class FixedCluster(params Address[] nodes) : IClusterView
{
    /// <summary>Of every role.</summary>
    public IReadOnlyList<Address> Nodes { get; set; } = nodes;

    /// <summary>Who wants to hear of nodes that cannot be reached.</summary>
    public List<IActorRef> Subscribers { get; } = [];

    public IReadOnlyList<Address> Up(string role) => Nodes;

    public void Subscribe(IActorRef actor) => Subscribers.Add(actor);

    /// <summary>Nodes that it was to give up.</summary>
    public List<Address> GivenUp { get; } = [];

    public void Down(Address node) => GivenUp.Add(node);
}
