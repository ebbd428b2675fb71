using DistTrain.Learning;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Runs of a few steps, for tests that go through them message by message.</summary>
internal static class StageTasks
{
    /// <summary>One epoch of four steps, the last one short; nothing to evaluate.</summary>
    public static readonly TrainingTask FourSteps = TinyTasks.Make(
        TinyTasks.Golden with { Epochs = 1 }, training: (3 * 208) + 138, validation: 0, test: 0);

    public static readonly string FourStepsHash = TinyTasks.HashOf(FourSteps);
}
