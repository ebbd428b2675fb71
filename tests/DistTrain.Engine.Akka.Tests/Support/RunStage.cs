using Akka.Actor;
using Akka.TestKit;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>
/// A whole run on one node without a cluster, in virtual time: the coordinator and the parameter
/// servers are the engine's, the workers are probes, for which the test computes.
/// </summary>
internal sealed class RunStage : IDisposable
{
    private readonly TestKitBase _kit;
    private readonly Transcript? _transcript;
    private readonly TemporaryFolder _folder = new();
    private readonly List<TestProbe> _workers = [];
    private readonly List<Guid> _processes = [];
    private readonly HeadNode _head;

    public RunStage(
        TestKitBase kit, TrainingTask task, int slices, int workers, EngineHooks? hooks = null,
        Transcript? transcript = null, Predicate<object>? loses = null, params Address[] others)
    {
        (_kit, _transcript) = (kit, transcript);
        Node = new NodeStage(kit, task, slices, hooks);
        var options = new AkkaHeadOptions
        {
            Data = new DataFolders(null, _folder.Path),
            Log = Node.Log,
            Hooks = Node.Context.Hooks,
        };
        _head = new HeadNode(
            task,
            new RunOptions { Workers = workers, MinWorkers = workers, ParameterServers = slices },
            options, Watcher);
        var store = new HeadStore(_head);
        Cluster = new FixedCluster([Node.Self, .. others]);
        NodeContext nobody = ContextOf(ActorRefs.Nobody);
        var inbox = new HeadInbox(
            Node.Inbox.Tensors.Documents,
            new DataServer(_head.Package, Node.Inbox.Tensors.Documents), kit.CreateTestProbe());
        Node.Inbox.Head = inbox;
        Coordinator = kit.Sys.ActorOf(
            CoordinatorActor.Props(new HeadParts(_head, store, nobody, inbox, Cluster)));
        IActorRef heard = Tapped(Coordinator, "coordinator");
        heard = loses is null ? heard : kit.Sys.ActorOf(LossyPath.Props(heard, loses));
        Node.Contributing = (slice, sent) => transcript?.Add($"slice {slice}", sent);
        Node.Inbox.Worker =
            new WorkerInbox(Node.Memory, Tapped(Node.Publications, "all workers"));
        kit.Sys.ActorOf(
            ServerNodeActor.Props(ContextOf(heard), new TaskCompletionSource<NodeOutcome>()),
            NodePaths.NodeName);
        PassUntil(() => Node.Log.TryWaitFor("parameter server 0", TimeSpan.Zero));
        for (int i = 0; i < workers; i++)
        {
            AddWorker();
        }
    }

    public NodeStage Node { get; }

    public Watcher Watcher { get; } = new();

    public FixedCluster Cluster { get; }

    public IActorRef Coordinator { get; }

    /// <summary>By id.</summary>
    public IReadOnlyList<TestProbe> Workers => _workers;

    /// <summary>How the run ended.</summary>
    public Task<RunResult> Result => _head.Result.Task;

    /// <summary>Another worker joins, as a node does.</summary>
    public TestProbe AddWorker()
    {
        TestProbe worker = _kit.CreateTestProbe();
        _workers.Add(worker);
        _processes.Add(Guid.NewGuid());
        Join(_workers.Count - 1, worker);
        worker.FishForMessage<SlicePlaces>(_ => true);
        return worker;
    }

    /// <summary>The process of a worker asks to be let in by another actor, as it does when its
    /// system has begun anew.</summary>
    public TestProbe JoinAgain(int worker)
    {
        TestProbe again = _kit.CreateTestProbe();
        _workers[worker] = again;
        Join(worker, again);
        return again;
    }

    /// <summary>The workers that a version names compute their shares.</summary>
    public void Contribute(HeldVersion held, params int[] workers)
    {
        foreach (int worker in workers)
        {
            foreach (TreeNode node in Node.ShareOf(held, worker))
            {
                Node.Contribute(held, node, worker);
            }
        }
    }

    /// <summary>Lets time pass until a worker is asked for more nodes.</summary>
    public Recompute NextRecompute(int worker)
    {
        Recompute? asked = null;
        PassUntil(() =>
        {
            asked = TakeRecompute(worker);
            return asked is not null;
        });
        return asked!;
    }

    /// <summary>These workers do what they are asked to the run's end.</summary>
    public RunResult WorkToTheEnd(params int[] workers) => WorkToTheEnd(null, workers);

    /// <param name="held">The version that has been heard of already.</param>
    /// <param name="workers">Who works.</param>
    public RunResult WorkToTheEnd(HeldVersion? held, params int[] workers)
    {
        PassUntil(() =>
        {
            while (Node.TryHold() is { } next)
            {
                held = next;
                Contribute(held, workers);
            }

            foreach (int worker in workers)
            {
                while (TakeRecompute(worker) is { } asked)
                {
                    Recompute(held, asked, worker);
                }
            }

            return Result.IsCompleted;
        });
        return Result.Result;
    }

    /// <summary>Lets time pass, tick by tick, until something is so. Some actors have threads of
    /// their own: a tick that finds nothing done waits a little for them.</summary>
    public void PassUntil(Func<bool> isSo)
    {
        const int MostTicks = 3000;
        for (int i = 0; i < MostTicks; i++)
        {
            if (isSo())
            {
                return;
            }

            _kit.PassTicks();
            Settle();
        }

        throw new TimeoutException(
            $"not within {MostTicks} ticks\n{Node.Log}\n{string.Join('\n', Watcher.Events)}");
    }

    public void Dispose() => _folder.Dispose();

    private void Recompute(HeldVersion? held, Recompute asked, int worker)
    {
        if (held is not null && asked.Step == held.Version)
        {
            foreach (TreeNode node in asked.Nodes)
            {
                Node.Contribute(held, node, worker);
            }
        }
    }

    private Recompute? TakeRecompute(int worker)
    {
        while (_workers[worker].HasMessages)
        {
            if (_workers[worker].ReceiveOne(TimeSpan.Zero) is Recompute asked)
            {
                return asked;
            }
        }

        return null;
    }

    /// <summary>The coordinator has heard what was sent to it.</summary>
    private void Settle() =>
        Coordinator.Ask<ActorIdentity>(new Identify(null), LoopbackNode.Patience).Wait();

    private void Join(int worker, TestProbe probe)
    {
        IActorRef node = Tapped(probe, $"worker {worker}");
        var join = new JoinRun(
            _processes[worker], IsWorker: true, IsHead: false, $"probe {worker + 1}", "tests",
            Guid.Empty, -1, Guid.Empty, []);
        Coordinator.Tell(join, node);
        Admitted admitted = probe.FishForMessage<Admitted>(_ => true);
        admitted.Ordinal.ShouldBe(worker);
        Coordinator.Tell(join with { Admission = admitted.Admission }, node);
    }

    private IActorRef Tapped(IActorRef actor, string name) => _transcript is null
        ? actor
        : _kit.Sys.ActorOf(Wiretap.Props(actor, name, _transcript));

    private NodeContext ContextOf(IActorRef coordinator) => new(
        Node.Options(_folder), Node.Inbox, Node.Links, coordinator, IsHead: true);
}
