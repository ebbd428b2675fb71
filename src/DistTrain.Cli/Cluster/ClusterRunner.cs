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
                Listening = at => nodes.Start(at, Plans(planned)),
                Log = lines,
            },
            observer, either.Token);
        nodes.AwaitEnd();
        return noneLeft.IsCancellationRequested && !stop.IsCancellationRequested
            && result.Outcome == RunOutcome.Interrupted
            ? result with
            {
                Outcome = RunOutcome.Failed,
                Cause = "no worker can be kept alive; their logs are in "
                    + planned.Folder.Nodes,
            }
            : result;
    }

    /// <summary>Which processes there are to be.</summary>
    private List<ChildPlan> Plans(PlannedRun planned)
    {
        int workers = planned.Options.Workers;
        int threads = Math.Min(
            planned.Run.Threads ?? int.MaxValue,
            Math.Max(1, Environment.ProcessorCount / workers));
        string isa = planned.Run.Isa is { } chosen
            ? Learning.RecipeNames.Isas.Of(chosen) : "auto";
        return
        [
            .. Enumerable.Range(0, servers).Select(
                i => new ChildPlan(ChildRole.ParameterServer, i, 1, isa)),
            .. Enumerable.Range(0, workers).Select(
                i => new ChildPlan(ChildRole.Worker, i, threads, isa)),
        ];
    }
}
