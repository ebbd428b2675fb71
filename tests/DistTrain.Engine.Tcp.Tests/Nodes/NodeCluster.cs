using System.Net;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A head and other nodes in this process, each with its own threads, memory and real
/// connections on loopback.</summary>
internal sealed class NodeCluster : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _data = new();
    private readonly RunToken _token = RunToken.Create();
    private TaskCompletionSource<IPEndPoint> _listening = NewListening();
    private readonly List<Task<NodeOutcome>> _nodes = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Relay? _relay;

    /// <param name="relay">Nodes dial it, not the head; null: the head.</param>
    public NodeCluster(Relay? relay = null) => _relay = relay;

    public ListLog Log { get; } = new();

    /// <summary>Where nodes look for data and keep them; null: where nothing is yet.</summary>
    public string? DataFolder { get; init; }

    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Where the head listens.</summary>
    public IPEndPoint EndPoint
    {
        get
        {
            _listening.Task.Wait(Patience).ShouldBeTrue("the head does not listen");
            return _listening.Task.Result;
        }
    }

    /// <summary>Of a node that has ended.</summary>
    public NodeOutcome OutcomeOf(int node) => _nodes[node].Result;

    public LinkSecurity Security => LinkSecurity.FromToken(_token);

    public Task<RunResult> Head { get; private set; } = null!;

    public IReadOnlyList<Task<NodeOutcome>> Nodes => _nodes;

    public NodeCluster StartHead(
        TrainingTask task, RunOptions options, int parameterServers = 0,
        GradientCompression compression = GradientCompression.None,
        IRunObserver? observer = null, EngineHooks? hooks = null,
        CancellationToken stop = default)
    {
        _listening = NewListening();
        TaskCompletionSource<IPEndPoint> listening = _listening;
        var node = new TcpHeadOptions
        {
            Security = LinkSecurity.FromToken(_token),
            ParameterServerNodes = parameterServers,
            Compression = compression,
            Listening = at =>
            {
                _relay?.PointTo(at);
                listening.TrySetResult(at);
            },
            FailureTimeout = FailureTimeout,
            Hooks = hooks ?? EngineHooks.None,
            Log = Log,
        };
        Head = Start(() => TcpHead.Run(task, options, node, observer ?? new Watcher(), stop));
        Head.ContinueWith(
            head => listening.TrySetException(head.Exception!.InnerExceptions),
            TaskContinuationOptions.OnlyOnFaulted);
        return this;
    }

    public NodeCluster AddWorkers(
        int count, EngineHooks? hooks = null, CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            AddNode(options => TcpWorker.Run(options, Linked(stop)), hooks);
        }

        return this;
    }

    public NodeCluster AddParameterServers(
        int count, EngineHooks? hooks = null, CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            AddNode(
                options => TcpParameterServer.Run(
                    options, new IPEndPoint(IPAddress.Loopback, 0), null, Linked(stop)),
                hooks);
        }

        return this;
    }

    /// <summary>The run's result, once it and all nodes have ended.</summary>
    public RunResult Result()
    {
        RunResult result = HeadResult();
        Task.WhenAll(_nodes).Wait(Patience).ShouldBeTrue($"a node hangs:\n{Log}");
        return result;
    }

    /// <summary>The run's result, once it has ended; nodes may go on.</summary>
    public RunResult HeadResult()
    {
        Head.Wait(Patience).ShouldBeTrue($"the head hangs:\n{Log}");
        return Head.Result;
    }

    /// <summary>The same, of a run that must be complete.</summary>
    public RunResult Completed(string hash)
    {
        RunResult result = Result();
        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{Log}");
        result.WeightsSha256.ShouldBe(hash);
        Nodes.ShouldAllBe(node => node.Result != NodeOutcome.Failed);
        return result;
    }

    public void Dispose()
    {
        _end.Cancel();
        _data.Dispose();
    }

    private void AddNode(Func<TcpNodeOptions, NodeOutcome> run, EngineHooks? hooks = null)
    {
        var options = new TcpNodeOptions
        {
            HeadHost = "127.0.0.1",
            HeadPort = _relay?.Port ?? EndPoint.Port,
            Security = LinkSecurity.FromToken(_token),
            Name = $"node {_nodes.Count}",
            Data = new DataFolders(null, DataFolder ?? _data.Path),
            FailureTimeout = FailureTimeout,
            Hooks = hooks ?? EngineHooks.None,
            Wait = TimeSpan.FromSeconds(20),
            Log = Log,
        };
        _nodes.Add(Start(() => Report(() => run(options))));
    }

    /// <summary>Nodes end with the test too, however it ends.</summary>
    private CancellationToken Linked(CancellationToken stop) =>
        CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token).Token;

    private static TaskCompletionSource<IPEndPoint> NewListening() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A node that dies says so at once, not when the run hangs for it.</summary>
    private NodeOutcome Report(Func<NodeOutcome> run)
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
