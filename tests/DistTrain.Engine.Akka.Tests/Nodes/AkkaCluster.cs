using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Remote;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Heads and other nodes in this process, each with its own actor system, memory and real
/// connections on loopback.</summary>
/// <param name="leastMembers">Before so many have come, nobody is let in.</param>
internal sealed class AkkaCluster(int leastMembers = 1) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Task<RunResult>> _heads = [];
    private readonly List<Task<NodeOutcome>> _nodes = [];
    private readonly List<CancellationTokenSource> _leave = [];
    private readonly List<CancellationTokenSource> _kill = [];
    private readonly ConcurrentDictionary<int, ActorSystem> _headSystems = [];
    private readonly ConcurrentDictionary<int, ActorSystem> _systems = [];
    private readonly CancellationTokenSource _end = new();
    private string? _seed;

    public ListLog Log { get; } = new();

    /// <summary>Where nodes look for data and keep them.</summary>
    public string DataFolder => _folder.Path;

    public IReadOnlyList<Task<RunResult>> Heads => _heads;

    public IReadOnlyList<Task<NodeOutcome>> Nodes => _nodes;

    /// <summary>HOST:PORT of the first head.</summary>
    public string Seed => _seed ?? throw new InvalidOperationException("no head was added");

    /// <summary>Starts a head and waits until it listens. The first one founds the cluster.
    /// </summary>
    public AkkaCluster AddHead(
        TrainingTask task, RunOptions options, int heads = 1, int parameterServers = 0,
        IRunObserver? observer = null, EngineHooks? hooks = null,
        GradientCompression compression = GradientCompression.None,
        CancellationToken stop = default)
    {
        using var started = new ManualResetEventSlim();
        var leave = new CancellationTokenSource();
        _leave.Add(leave);
        int place = _heads.Count;
        var node = new AkkaHeadOptions
        {
            Seeds = _seed is null ? [] : [_seed],
            Heads = heads,
            ParameterServerNodes = parameterServers,
            Name = $"head {_heads.Count}",
            Data = new DataFolders(null, DataFolder),
            Leave = leave.Token,
            Compression = compression,
            ConfigFile = KillableSettings(),
            SystemStarted = system => _headSystems[place] = system,
            Started = at =>
            {
                _seed ??= at;
                started.Set();
            },
            Hooks = hooks ?? EngineHooks.None,
            Wait = Patience,
            Log = Log,
        };
        Task<RunResult> head = Start(() => Report(() => AkkaHead.Run(
            task, options, node, observer ?? new Watcher(), Linked(stop))));
        _heads.Add(head);
        started.Wait(Patience, stop).ShouldBeTrue($"the head does not listen\n{Log}");
        return this;
    }

    public AkkaCluster AddWorkers(
        int count, EngineHooks? hooks = null, ISeedDiscovery? discovery = null,
        CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            CancellationToken ends = Killable(stop);
            AddNode(
                options => AkkaWorker.Run(
                    discovery is null
                        ? options
                        : options with { Seeds = [], Discovery = discovery },
                    ends),
                hooks);
        }

        return this;
    }

    public AkkaCluster AddParameterServers(
        int count, EngineHooks? hooks = null, CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            CancellationToken ends = Killable(stop);
            AddNode(options => AkkaParameterServer.Run(options, ends), hooks);
        }

        return this;
    }

    /// <summary>The head leaves, as on SIGTERM.</summary>
    public void Leave(int head) => _leave[head].Cancel();

    /// <summary>How a worker or parameter server has ended.</summary>
    public NodeOutcome OutcomeOf(int node) => _nodes[node].Result;

    /// <summary>A worker or parameter server is gone without a word, as its process is killed.
    /// </summary>
    public void Kill(int node)
    {
        CutOff(_systems[node]);
        _kill[node].Cancel();
        _systems[node].Terminate();
    }

    /// <summary>A worker or parameter server lives, but its actor system has ended, as when the
    /// cluster has given it up.</summary>
    public void GiveUp(int node) => GiveUp(_systems[node]);

    /// <summary>The same with a head.</summary>
    public void GiveUpHead(int head) => GiveUp(_headSystems[head]);

    /// <summary>The first head's result, once it and all nodes have ended.</summary>
    public RunResult Result(int head = 0)
    {
        _heads[head].Wait(Patience).ShouldBeTrue($"the head hangs:\n{Log}");
        Task.WhenAll(_nodes).Wait(Patience).ShouldBeTrue($"a node hangs:\n{Log}");
        return _heads[head].Result;
    }

    /// <summary>The same, of a run that must be complete.</summary>
    public RunResult Completed(string hash, int head = 0)
    {
        RunResult result = Result(head);
        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{Log}");
        result.WeightsSha256.ShouldBe(hash, $"{Log}");
        _nodes.ShouldAllBe(node => node.Result != NodeOutcome.Failed);
        return result;
    }

    public void Dispose()
    {
        _end.Cancel();
        Task.WaitAll([.. _heads.Select(Ended), .. _nodes.Select(Ended)], Patience);
        _folder.Dispose();
    }

    private static Task Ended(Task task) => task.ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private static void GiveUp(ActorSystem system)
    {
        CutOff(system);
        system.Terminate();
    }

    /// <summary>Ends a node's network, so that nobody says goodbye.</summary>
    private static void CutOff(ActorSystem system) =>
        ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider)
            .Transport.Shutdown().Wait(Patience);

    /// <summary>A system that is terminated just ends.</summary>
    private string KillableSettings()
    {
        string file = _folder.File("killable.conf");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.cluster.min-nr-of-members = {leastMembers}
            """));
        return file;
    }

    private void AddNode(Func<AkkaNodeOptions, NodeOutcome> run, EngineHooks? hooks)
    {
        int place = _nodes.Count;
        var options = new AkkaNodeOptions
        {
            Seeds = [Seed],
            Name = $"node {_nodes.Count}",
            ConfigFile = KillableSettings(),
            SystemStarted = system => _systems[place] = system,
            Data = new DataFolders(null, DataFolder),
            Hooks = hooks ?? EngineHooks.None,
            Wait = Patience,
            Log = Log,
        };
        _nodes.Add(Start(() => Report(() => run(options))));
    }

    /// <summary>Nodes end with the test too, however it ends.</summary>
    private CancellationToken Linked(CancellationToken stop) =>
        CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token).Token;

    private CancellationToken Killable(CancellationToken stop)
    {
        var kill = CancellationTokenSource.CreateLinkedTokenSource(Linked(stop));
        _kill.Add(kill);
        return kill.Token;
    }

    /// <summary>A node that dies says so at once, not when the run hangs for it.</summary>
    private T Report<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception e)
        {
            Log.Warning($"a node died: {e}");
            throw;
        }
    }

    private static Task<T> Start<T>(Func<T> run) => Task.Factory.StartNew(
        run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
