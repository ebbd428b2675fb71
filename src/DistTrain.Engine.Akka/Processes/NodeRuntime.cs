using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace DistTrain.Engine.Akka;

/// <summary>What every node of the cluster starts: its links, and the proxy of who leads.</summary>
internal static class NodeRuntime
{
    private const string ManagerName = "coordinator-manager";

    public static NodeContext Start(NodeSystem system, AkkaNodeOptions options, bool isHead)
    {
        var inbox = new NodeInbox(new NodeTensors(), options.Log);
        LaneOffice lanes = LaneOffice.Start(system.System, inbox);
        var links = new NodeLinks(system.Self, inbox, lanes);
        IActorRef coordinator = system.System.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{ManagerName}",
                ClusterSingletonProxySettings.Create(system.System)
                    .WithRole(NodePaths.HeadRole)
                    .WithSingletonName(NodePaths.CoordinatorName)),
            "coordinator-proxy");
        system.System.ActorOf(LaneKeeper.Props(links), "lane-keeper");
        return new NodeContext(options, inbox, links, coordinator, isHead);
    }

    /// <summary>Lets this head be one that the coordinator may run on.</summary>
    public static void StartCoordinator(NodeSystem system, Props coordinator) =>
        system.System.ActorOf(
            ClusterSingletonManager.Props(
                coordinator, PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system.System)
                    .WithRole(NodePaths.HeadRole)
                    .WithSingletonName(NodePaths.CoordinatorName)),
            ManagerName);
}
