using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>Where the actors are that other nodes look for.</summary>
internal static class NodePaths
{
    public const string NodeName = "node";
    public const string StoreName = "store";
    public const string CoordinatorName = "coordinator";

    /// <summary>Roles of the cluster.</summary>
    public const string HeadRole = "head";
    public const string ServerRole = "ps";
    public const string WorkerRole = "worker";

    /// <summary>The actor that a node joins a run by.</summary>
    public static IActorRef Node(ActorSystem system, Address address) =>
        Resolve(system, address, NodeName);

    /// <summary>A head's store of checkpoints.</summary>
    public static IActorRef Store(ActorSystem system, Address address) =>
        Resolve(system, address, StoreName);

    private static IActorRef Resolve(ActorSystem system, Address address, string name) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef(
            new RootActorPath(address) / "user" / name);
}
