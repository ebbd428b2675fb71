using DistTrain.Engine;
using DistTrain.Engine.Akka;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>This process is the first head of a cluster on Akka.NET, and starts the other nodes
/// itself: processes of this program, on loopback.</summary>
internal sealed class AkkaClusterRunner(TrainRequest request, Screen screen) : IRunner
{
    public RunResult Run(
        PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop)
    {
        var lines = new HeadLog(screen, log);
        AkkaChoices akka = request.Akka;
        using var noneLeft = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, noneLeft.Token);
        using var nodes = new ChildNodes(
            NodeFolder.Create(planned.Folder.Nodes), token: null, lines, noneLeft.Cancel);
        var plan = new AkkaClusterPlan(
            planned, akka.Heads, request.ParameterServerNodes, akka.ConfigFile);
        RunResult result = AkkaHead.Run(
            planned.Task, planned.Options,
            new AkkaHeadOptions
            {
                Name = "head-0",
                Threads = planned.Options.Threads,
                Isa = planned.Options.Isa,
                Data = DataFolders.FromEnvironment(),
                ConfigFile = akka.ConfigFile,
                Heads = akka.Heads,
                ParameterServerNodes = request.ParameterServerNodes,
                Compression = planned.Task.Recipe.Compression,
                Started = at => nodes.Start(AddressOf(at), plan.Nodes()),
                Log = lines,
            },
            observer, either.Token);
        nodes.AwaitEnd();
        return ClusterRunner.Judge(
            result, noneLeft.IsCancellationRequested && !stop.IsCancellationRequested, planned);
    }

    private static HostPort AddressOf(string at)
    {
        var problems = new List<UsageProblem>();
        return HostPort.ParseTarget("--listen", at, problems)
            ?? throw new InvalidOperationException($"{at} is no HOST:PORT");
    }
}
