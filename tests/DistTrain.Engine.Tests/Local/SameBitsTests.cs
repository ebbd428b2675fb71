using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>The promise: weights depend on recipe and data, not on who computed them.</summary>
public sealed class SameBitsTests
{
    [Theory]
    [CombinatorialWorkers]
    public void Actors_give_the_reference_weights(int workers, int slices)
    {
        RunResult result = Run(TinyTasks.GoldenTask, workers, slices);

        result.Outcome.ShouldBe(RunOutcome.Completed);
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
    }

    private static RunResult Run(TrainingTask task, int workers, int slices) => LocalEngine.Run(
        task, new RunOptions { Workers = workers, ParameterServers = slices, Threads = 2 },
        new Watcher(), CancellationToken.None);
}
