using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What the roles must know of a task, in whole numbers.</summary>
internal static class RunPlanner
{
    // What gradients computed ahead, and the versions that they are computed on, may take.
    private const long MostBytesAhead = 1L << 30;

    public static RunPlan PlanOf(
        TrainingTask task, int slices, long checkpointEverySteps, int workers)
    {
        StepPlan steps = task.Steps;
        BatchPlan batches = task.Batches;
        return new RunPlan(
            steps.StepsPerEpoch,
            steps.Epochs,
            steps.LeavesOf(0),
            steps.LeavesOf(steps.StepsPerEpoch - 1),
            MicrobatchesOf(batches, task.Data.Validation),
            MicrobatchesOf(batches, task.Data.Test),
            checkpointEverySteps,
            slices,
            ClipsGlobalNorm: steps.ClipsGlobalNorm,
            RestoresBest: task.Recipe.EarlyStopping is not null,
            Staleness: StalenessOf(task, workers));
    }

    /// <summary>The recipe's bound, or less: an epoch's end is a barrier anyway, and each version
    /// that gradients may be behind takes a block of parameters and two gradients a worker. Without
    /// a bound it is the number of workers, about the staleness of asynchronous training: a worker
    /// that gets ahead stays ahead, so what may be used is used.</summary>
    internal static int StalenessOf(TrainingTask task, int workers)
    {
        ModeRecipe mode = task.Recipe.Mode;
        if (mode.Kind != ModeKind.Stale)
        {
            return 0;
        }

        long bytesAStep = sizeof(float) * (long)task.Layout.Count * ((2L * workers) + 1);
        long most = Math.Min(
            Math.Max(MostBytesAhead / bytesAStep, 1),
            Math.Min(task.Steps.StepsPerEpoch - 1, RunPlan.MostStaleness));
        return (int)Math.Min(most, mode.StalenessBound ?? workers);
    }

    private static int MicrobatchesOf(BatchPlan batches, Dataset? set) =>
        set is null ? 0 : batches.MicrobatchesOf(set);
}
