using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What the roles must know of a task, in whole numbers.</summary>
internal static class RunPlanner
{
    public static RunPlan PlanOf(TrainingTask task, int slices, long checkpointEverySteps)
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
            RestoresBest: task.Recipe.EarlyStopping is not null);
    }

    private static int MicrobatchesOf(BatchPlan batches, Dataset? set) =>
        set is null ? 0 : batches.MicrobatchesOf(set);
}
