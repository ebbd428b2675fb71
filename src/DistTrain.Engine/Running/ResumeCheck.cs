using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>Whether a checkpoint is of the task that is to continue from it.</summary>
internal static class ResumeCheck
{
    private const string UseSame =
        "resume with the recipe and the data that it was made with, or start a new run";

    /// <exception cref="CheckpointException">It is not.</exception>
    public static void Check(Checkpoint checkpoint, TrainingTask task)
    {
        if (!checkpoint.CanContinue)
        {
            throw new CheckpointException(
                checkpoint.Path, "is a model without the optimizer's state",
                "resume from a file of the run's checkpoints folder");
        }

        CheckShape(checkpoint, task);
        DataIdentity data = DataIdentity.Of(task.Data);
        if (checkpoint.Data.TrainingSha256 != data.TrainingSha256)
        {
            Refuse(checkpoint, $"was trained on other data ({checkpoint.Data.Name})");
        }

        if (checkpoint.Data.ValidationSha256 != data.ValidationSha256)
        {
            Refuse(checkpoint, "was validated on other data");
        }
    }

    private static void CheckShape(Checkpoint checkpoint, TrainingTask task)
    {
        int parameters = task.Layout.Count;
        if (checkpoint.Parameters.Length != parameters)
        {
            Refuse(
                checkpoint,
                $"has {checkpoint.Parameters.Length} parameters and the recipe's network " +
                $"{parameters}");
        }

        int first = task.Steps.Moments > 0 ? parameters : 0;
        int second = task.Steps.Moments > 1 ? parameters : 0;
        if (checkpoint.FirstMoment.Length != first || checkpoint.SecondMoment.Length != second)
        {
            Refuse(checkpoint, "was trained with another optimizer or in another mode");
        }

        if (checkpoint.StepsPerEpoch != task.Steps.StepsPerEpoch)
        {
            Refuse(
                checkpoint,
                $"has epochs of {checkpoint.StepsPerEpoch} steps and the recipe of " +
                $"{task.Steps.StepsPerEpoch}");
        }

        if (checkpoint.Version > task.Steps.TotalSteps)
        {
            Refuse(
                checkpoint,
                $"is of step {checkpoint.Version} and the recipe ends at step " +
                $"{task.Steps.TotalSteps}");
        }
    }

    private static void Refuse(Checkpoint checkpoint, string problem) =>
        throw new CheckpointException(checkpoint.Path, problem, UseSame);
}
