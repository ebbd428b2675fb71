using DistTrain.Learning;
using DistTrain.Numerics;
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

    [Fact]
    public void Skipping_zeros_of_the_inputs_changes_no_bit()
    {
        Recipe recipe = TinyTasks.Golden with
        {
            Data = TinyTasks.Golden.Data with { Pixels = PixelScaling.Binary },
        };
        TrainingTask task = TinyTasks.Make(recipe);
        HasZerosWorthSkipping(task).ShouldBeTrue();
        RunResult[] results = [.. ((bool[])[true, false]).Select(skips => LocalEngine.Run(
            task, new RunOptions { Workers = 2, SkipZeros = skips }, new Watcher(),
            CancellationToken.None))];

        results[0].WeightsSha256.ShouldBe(results[1].WeightsSha256);
        results[0].WeightsSha256.ShouldBe(TinyTasks.HashOf(task));
    }

    private static bool HasZerosWorthSkipping(TrainingTask task)
    {
        const int Samples = 64;
        Dataset set = task.Data.Training;
        Kernels kernels = Kernels.For(IsaSupport.Best);
        var inputs = new Matrix(new float[Samples * set.Features], Samples, set.Features);
        for (int i = 0; i < Samples; i++)
        {
            task.Data.Scaling.Apply(set, i, kernels, inputs.Row(i));
        }

        var map = new NonzeroMap(Samples, set.Features, task.Batches.Microbatch);
        kernels.MapNonzeros(inputs, map);
        return map.IsWorthwhile;
    }

    private static RunResult Run(TrainingTask task, int workers, int slices) => LocalEngine.Run(
        task, new RunOptions { Workers = workers, ParameterServers = slices, Threads = 2 },
        new Watcher(), CancellationToken.None);
}
