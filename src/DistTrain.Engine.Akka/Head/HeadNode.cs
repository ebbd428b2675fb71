using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>What the actors of a head have in common, whether it leads or not.</summary>
internal sealed class HeadNode
{
    public HeadNode(
        TrainingTask task, RunOptions options, AkkaHeadOptions settings, IRunObserver observer)
    {
        (Task, Options, Settings) = (task, options, settings);
        Observer = new SerialObserver(observer);
        int slices = options.ParameterServers ?? Math.Max(1, settings.ParameterServerNodes);
        Intervals = ParameterInterval.Cut(task.Layout.Count, slices);
        Plan = RunPlanner.PlanOf(
            task, Intervals.Count, options.CheckpointEverySteps, options.Workers);
        Package = new DataPackage(task.Data);
        Description = RunDescription.Of(
            task, Package.Identity, Plan, options.Workers, settings.Compression).ToJson();
    }

    public TrainingTask Task { get; }

    public RunOptions Options { get; }

    public AkkaHeadOptions Settings { get; }

    public IRunObserver Observer { get; }

    public IReadOnlyList<ParameterInterval> Intervals { get; }

    public RunPlan Plan { get; }

    public DataPackage Package { get; }

    /// <summary>JSON of the run's description.</summary>
    public byte[] Description { get; }

    /// <summary>How the run ended, for the process.</summary>
    public TaskCompletionSource<RunResult> Result { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public INodeLog Log => Settings.Log;

    /// <summary>The files of a run in this head's folder; null where it writes none.</summary>
    public RunFiles? FilesOf(RunId run) =>
        RunFiles.In(Options.OutFolder, Task, Options.Keep, run);
}
