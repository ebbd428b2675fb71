using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A head's store of checkpoints on a system without a cluster, reached by others over
/// real connections.</summary>
internal sealed class StoreStage
{
    /// <param name="system">Its store is there.</param>
    /// <param name="folder">Of the run; its files stand in it.</param>
    /// <param name="coordinator">Hears what the store has to say to whoever leads.</param>
    /// <param name="resumeFrom">What the head was started with.</param>
    /// <param name="heads">Of the cluster.</param>
    /// <param name="wait">For them; null: the usual time.</param>
    public StoreStage(
        ActorSystem system, string folder, IActorRef coordinator, Checkpoint? resumeFrom = null,
        int heads = 1, TimeSpan? wait = null)
    {
        Self = LoopbackNode.AddressOf(system);
        var inbox = new NodeInbox(new NodeTensors(), Log);
        var links = new NodeLinks(Self, inbox, LaneOffice.Start(system, inbox));
        var settings = new AkkaHeadOptions
        {
            Data = new DataFolders(null, folder),
            Log = Log,
            Heads = heads,
        };
        settings = settings with { Wait = wait ?? settings.Wait };
        var head = new HeadNode(
            StageTasks.FourSteps,
            new RunOptions { OutFolder = folder, ResumeFrom = resumeFrom }, settings,
            new Watcher());
        var store = new HeadStore(head);
        store.Join(system.Scheduler.Now);
        var node = new NodeContext(settings, inbox, links, coordinator, IsHead: true);
        Store = system.ActorOf(
            StoreActor.Props(head, store, node, (_, _) => { }), NodePaths.StoreName);
        var lanes = new HeadInbox(
            inbox.Tensors.Documents, new DataServer(head.Package, inbox.Tensors.Documents), Store);
        inbox.Head = lanes;
        Parts = new HeadParts(head, store, node, lanes, Cluster);
    }

    public Address Self { get; }

    public ListLog Log { get; } = new();

    /// <summary>The store's actor.</summary>
    public IActorRef Store { get; }

    /// <summary>Empty, until the test says who is there.</summary>
    public FixedCluster Cluster { get; } = new();

    /// <summary>For a coordinator that is to run here.</summary>
    public HeadParts Parts { get; }
}
