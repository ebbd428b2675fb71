using System.Collections.Concurrent;
using System.Net;
using DistTrain.Learning;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A head and other nodes in this process, each with its own threads, memory and real
/// connections on loopback.</summary>
internal sealed class NodeCluster : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _data = new();
    private readonly RunToken _token = RunToken.Create();
    private readonly TaskCompletionSource<IPEndPoint> _listening =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<Task<NodeOutcome>> _nodes = [];
    private readonly CancellationTokenSource _end = new();

    public ListLog Log { get; } = new();

    public Task<RunResult> Head { get; private set; } = null!;

    public IReadOnlyList<Task<NodeOutcome>> Nodes => _nodes;

    public NodeCluster StartHead(
        TrainingTask task, RunOptions options, int parameterServers = 0,
        GradientCompression compression = GradientCompression.None,
        IRunObserver? observer = null, CancellationToken stop = default)
    {
        var node = new TcpHeadOptions
        {
            Security = LinkSecurity.FromToken(_token),
            ParameterServerNodes = parameterServers,
            Compression = compression,
            Listening = at => _listening.TrySetResult(at),
            Log = Log,
        };
        Head = Start(() => TcpHead.Run(task, options, node, observer ?? new Watcher(), stop));
        Head.ContinueWith(
            head => _listening.TrySetException(head.Exception!.InnerExceptions),
            TaskContinuationOptions.OnlyOnFaulted);
        return this;
    }

    public NodeCluster AddWorkers(int count, CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            AddNode(options => TcpWorker.Run(options, stop));
        }

        return this;
    }

    public NodeCluster AddParameterServers(int count, CancellationToken stop = default)
    {
        for (int i = 0; i < count; i++)
        {
            AddNode(options => TcpParameterServer.Run(
                options, new IPEndPoint(IPAddress.Loopback, 0), null, stop));
        }

        return this;
    }

    /// <summary>The run's result, once it and all nodes have ended.</summary>
    public RunResult Result()
    {
        Head.Wait(Patience).ShouldBeTrue($"the head hangs:\n{Log}");
        Task.WhenAll(_nodes).Wait(Patience).ShouldBeTrue($"a node hangs:\n{Log}");
        return Head.Result;
    }

    public void Dispose()
    {
        _end.Cancel();
        _data.Dispose();
    }

    private void AddNode(Func<TcpNodeOptions, NodeOutcome> run)
    {
        _listening.Task.Wait(Patience).ShouldBeTrue("the head does not listen");
        var options = new TcpNodeOptions
        {
            HeadHost = "127.0.0.1",
            HeadPort = _listening.Task.Result.Port,
            Security = LinkSecurity.FromToken(_token),
            Name = $"node {_nodes.Count}",
            Data = new DataFolders(null, _data.Path),
            Wait = TimeSpan.FromSeconds(20),
            Log = Log,
        };
        _nodes.Add(Start(() => Report(() => run(options))));
    }

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

/// <summary>Remembers every line.</summary>
internal sealed class ListLog : INodeLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public void Information(string line) => _lines.Enqueue(line);

    public void Warning(string line) => _lines.Enqueue("warning: " + line);

    public void Debug(string line) => _lines.Enqueue("debug: " + line);

    public override string ToString() => string.Join('\n', _lines);
}
