using DistTrain.Engine;

namespace DistTrain.Cli;

/// <summary>Carries out a planned run: in this process, or as the head of others.</summary>
internal interface IRunner
{
    /// <summary>Trains to the end, to a failure, or until <paramref name="stop"/>.</summary>
    RunResult Run(PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop);
}

/// <summary>Threads of this process.</summary>
internal sealed class LocalRunner : IRunner
{
    public RunResult Run(
        PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop) =>
        LocalEngine.Run(planned.Task, planned.Options, observer, stop);
}
