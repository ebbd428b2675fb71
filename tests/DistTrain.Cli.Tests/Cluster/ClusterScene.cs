using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace DistTrain.Cli.Tests;

/// <summary>Processes of one small run, whose weights are known from a run on threads.</summary>
/// <remarks>One scene at a time: each has several processes.</remarks>
[Collection(nameof(ClusterScene))]
public abstract class ClusterScene : ScratchFolder, IDisposable
{
    /// <summary>1,600 steps of 4 units of work each, 4 an epoch: more than a second, so that a test
    /// that is slow to act on a line still finds the run in its midst.</summary>
    private protected static readonly string[] Recipe =
    [
        "quickstart", "--data-limit", "256,64", "--batch-size", "64", "--epochs", "400",
        "--layers", "784-32:relu-10:softmax",
    ];

    private static readonly Lazy<string> LazyGolden = new(() => TrainOnThreads());

    private readonly List<NodeProcess> _nodes = [];

    /// <summary>What every run must end with.</summary>
    protected static string Golden => LazyGolden.Value;

    /// <summary>The port of the head.</summary>
    protected int Port { get; } = FreePort();

    protected string Address => $"127.0.0.1:{Port}";

    public new void Dispose()
    {
        foreach (NodeProcess node in _nodes)
        {
            node.Dispose();
        }
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected NodeProcess Start(params string[] arguments)
    {
        var node = new NodeProcess(Folder, arguments);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A head that has its folder and listens.</summary>
    private protected NodeProcess StartHead(params string[] more)
    {
        NodeProcess head = Start(
            ["head", .. WithLast(more), "--listen", Address, "--out", "run", "--json"]);
        head.AwaitLine("listening on");
        return head;
    }

    private protected NodeProcess ResumeHead(string folder, params string[] more)
    {
        NodeProcess head = Start(
            ["head", "--resume", folder, "--listen", Address, "--json", .. more]);
        head.AwaitLine("listening on");
        return head;
    }

    private protected NodeProcess StartWorker(string name, params string[] more) =>
        Start(["worker", "--head", Address, "--name", name, "--threads", "1",
            "--token-file", "run/token", .. more]);

    private protected NodeProcess StartCluster(params string[] more) =>
        Start(["cluster", .. Recipe, "--out", "run", "--json", .. more]);

    /// <summary>Until the run is in its midst: some epochs are done, many are to come.</summary>
    private protected static void AwaitMidst(NodeProcess head) =>
        head.AwaitLine(line => line.StartsWith("epoch   4/", StringComparison.Ordinal));

    /// <summary>Until there is something to resume from, and much left to do.</summary>
    private protected void AwaitCheckpoint(NodeProcess head) =>
        head.AwaitLine(line => line.StartsWith("epoch", StringComparison.Ordinal)
            && Directory.Exists(At("run/checkpoints"))
            && Directory.EnumerateFiles(At("run/checkpoints"), "*.dtm").Any());

    /// <summary>It ends well, with the golden weights.</summary>
    /// <returns>Its result.</returns>
    private protected static JsonElement ShouldEndGolden(
        NodeProcess head, string engine = "tcp") => ShouldEndWith(Golden, head, engine);

    private protected static JsonElement ShouldEndWith(
        string golden, NodeProcess head, string engine = "tcp")
    {
        ProcessResult result = head.AwaitExit();
        result.ExitCode.ShouldBe(0, result.Error);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        json.GetProperty("weightsSha256").GetString().ShouldBe(golden, result.Error);
        json.GetProperty("engine").GetString().ShouldBe(engine);
        json.GetProperty("exact").GetBoolean().ShouldBeTrue();
        return json;
    }

    /// <summary>Ids of the processes that a cluster has started.</summary>
    protected int[] ChildIds()
    {
        using JsonDocument nodes = JsonDocument.Parse(File.ReadAllText(At("run/nodes/nodes.json")));
        return
        [
            .. nodes.RootElement.GetProperty("nodes").EnumerateArray()
                .Select(node => node.GetProperty("pid"))
                .Where(pid => pid.ValueKind == JsonValueKind.Number)
                .Select(pid => pid.GetInt32()),
        ];
    }

    protected static void ShouldHaveEnded(IEnumerable<int> processes)
    {
        foreach (int process in processes)
        {
            Should.Throw<ArgumentException>(
                () => Process.GetProcessById(process), $"process {process} is left behind");
        }
    }

    /// <summary>The weights of a run in one process.</summary>
    protected static string TrainOnThreads(params string[] more)
    {
        string folder = Directory.CreateTempSubdirectory("disttrain-golden-").FullName;
        try
        {
            ProcessResult result = DistTrainProcess.Run(
                folder,
                ["train", .. WithLast(more), "--engine", "local", "--out", "run", "--json"]);
            result.ExitCode.ShouldBe(0, result.Error);
            return JsonDocument.Parse(result.Output).RootElement
                .GetProperty("weightsSha256").GetString()!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The recipe's options and more; one that is given twice is given once.</summary>
    private static IEnumerable<string> WithLast(string[] more)
    {
        int epochs = Array.IndexOf(Recipe, "--epochs");
        return more.Contains("--epochs")
            ? [.. Recipe[..epochs], .. Recipe[(epochs + 2)..], .. more]
            : [.. Recipe, .. more];
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
