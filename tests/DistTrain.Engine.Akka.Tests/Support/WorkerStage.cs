using Akka.Actor;
using Akka.TestKit;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A worker's node beside the slices of its run; the test leads them all.</summary>
internal sealed class WorkerStage : IDisposable
{
    private readonly TestKitBase _kit;
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _description;

    public WorkerStage(TestKitBase kit, TrainingTask task, int slices, EngineHooks? hooks = null)
    {
        _kit = kit;
        Hosted = new HostedStage(kit, task, slices, hooks);
        var package = new DataPackage(task.Data);
        Node.Inbox.Head = new HeadInbox(
            Node.Inbox.Tensors.Documents,
            new DataServer(package, Node.Inbox.Tensors.Documents), kit.CreateTestProbe());
        _description = RunDescription.Of(
            task, package.Identity, Node.Context.Plan, workers: 2, GradientCompression.None)
            .ToJson();
        Worker = kit.Sys.ActorOf(
            WorkerNodeActor.Props(
                new NodeContext(
                    Node.Options(_folder), Node.Inbox, Node.Links, Node.Coordinator, false),
                Outcome, new FixedCluster(Node.Self)),
            NodePaths.NodeName);
        Settle();
    }

    public NodeStage Node => Hosted.Node;

    public HostedStage Hosted { get; }

    public IActorRef Worker { get; }

    /// <summary>How the node ended.</summary>
    public TaskCompletionSource<NodeOutcome> Outcome { get; } = new();

    /// <summary>Its next word that it is there.</summary>
    public JoinRun NextJoin()
    {
        for (int i = 0; i < 100; i++)
        {
            _kit.PassTicks();
            Settle();
            while (Node.Coordinator.HasMessages)
            {
                if (Node.Coordinator.ReceiveOne(TimeSpan.Zero) is JoinRun join)
                {
                    return join;
                }
            }
        }

        throw new TimeoutException($"it does not say that it is there\n{Node.Log}");
    }

    /// <summary>Lets it in.</summary>
    /// <param name="admission">By this.</param>
    /// <param name="leader">The head that lets it in; null: the one that sends it the run.</param>
    public void Admit(Guid admission, Address? leader = null) => Worker.Tell(
        new Admitted(
            admission, Node.Context.Run.Value, 0, NodeLinks.NameOf(leader ?? Node.Self)),
        Node.Coordinator);

    /// <summary>Sends it the run.</summary>
    public void Welcome()
    {
        Documents documents = Node.Inbox.Tensors.Documents;
        TensorHandle description = documents.Add(TensorEncoding.Bytes, _description);
        documents.TrySend(
            Node.Links.To(Node.Self), new Welcome(Node.Context.Run, 0, description), description);
    }

    /// <summary>Lets it in and waits until it is ready.</summary>
    public Guid LetIn()
    {
        var admission = Guid.NewGuid();
        Admit(admission);
        Welcome();
        int turns = 0;
        while (NextJoin().Admission != admission)
        {
            (++turns < 10).ShouldBeTrue($"it does not become ready\n{Node.Log}");
        }

        Worker.Tell(Hosted.Places);
        return admission;
    }

    /// <summary>What the coordinator is told until one of a kind comes.</summary>
    public T Next<T>() => Node.Coordinator.FishForMessage<T>(_ => true);

    public void Dispose() => _folder.Dispose();

    /// <summary>The node has heard what was sent to it.</summary>
    private void Settle() =>
        Worker.Ask<ActorIdentity>(new Identify(null), LoopbackNode.Patience).Wait();
}
