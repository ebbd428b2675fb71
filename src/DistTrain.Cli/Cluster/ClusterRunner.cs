using System.Net;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>This process is the head, and starts its nodes itself: processes of this program, on
/// loopback, with a token that only they know.</summary>
internal sealed class ClusterRunner(int servers, Screen screen) : IRunner
{
    public RunResult Run(
        PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop)
    {
        var lines = new HeadLog(screen, log);
        var token = RunToken.Create();
        using var noneLeft = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, noneLeft.Token);
        using var nodes = new ChildNodes(
            NodeFolder.Create(planned.Folder.Nodes), token, lines, noneLeft.Cancel);
        RunResult result = TcpHead.Run(
            planned.Task, planned.Options,
            new TcpHeadOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Security = LinkSecurity.FromToken(token),
                ParameterServerNodes = servers,
                Compression = planned.Task.Recipe.Compression,
                Listening = at => nodes.Start(HostPort.Of(at), Plans(planned)),
                Log = lines,
            },
            observer, either.Token);
        nodes.AwaitEnd();
        return Judge(
            result, noneLeft.IsCancellationRequested && !stop.IsCancellationRequested, planned);
    }

    /// <summary>A run that this process has interrupted for want of workers has failed.</summary>
    public static RunResult Judge(RunResult result, bool isNoneLeft, PlannedRun planned) =>
        isNoneLeft && result.Outcome == RunOutcome.Interrupted
            ? result with
            {
                Outcome = RunOutcome.Failed,
                Cause = "no worker can be kept alive; their logs are in "
                    + planned.Folder.Nodes,
            }
            : result;

    /// <summary>Which processes there are to be.</summary>
    private List<ChildPlan> Plans(PlannedRun planned)
    {
        int workers = planned.Options.Workers;
        int threads = ThreadsOf(planned);
        string isa = IsaOf(planned);
        return
        [
            .. Enumerable.Range(0, servers).Select(
                i => ChildPlan.Node(ChildRole.ParameterServer, i, 1, isa)),
            .. Enumerable.Range(0, workers).Select(
                i => ChildPlan.Node(ChildRole.Worker, i, threads, isa)),
        ];
    }

    /// <summary>Of each worker: together one a core.</summary>
    public static int ThreadsOf(PlannedRun planned) => Math.Min(
        planned.Run.Threads ?? int.MaxValue,
        Math.Max(1, Environment.ProcessorCount / planned.Options.Workers));

    /// <summary>As --isa takes it.</summary>
    public static string IsaOf(PlannedRun planned) => planned.Run.Isa is { } chosen
        ? Learning.RecipeNames.Isas.Of(chosen) : "auto";
}
