using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>What the contract of all engines does not ask: stale gradients, gradients in 16 bits,
/// no folder.</summary>
public sealed class ModeTests
{
    private static readonly RunOptions Two = new() { Workers = 2, ParameterServers = 2 };

    [Fact]
    public void Stale_gradients_come_to_the_end() => Run(Stale(2)).Steps.ShouldBe(30);

    [Fact]
    public void Gradients_in_16_bits_learn_as_well_with_other_bits()
    {
        RunResult result = Run(TinyTasks.GoldenTask, GradientCompression.Bfloat16);

        result.WeightsSha256.ShouldNotBe(TinyTasks.GoldenHash);
        result.Validation!.MeanLoss.ShouldBeLessThan(1.9, "it learns");
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_parameters_of_all_nodes_without_a_file()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            LearningRate = 0.01,
            Epochs = 12,
            EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, Patience: 2),
            Data = new DataRecipe { ValidationSplit = 0.1 },
        });
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(task, Two, parameterServers: 1)
            .AddParameterServers(1).AddWorkers(2);
        RunResult result = cluster.Completed(TinyTasks.HashOf(task));

        result.Version.ShouldBeLessThan(result.Steps);
        result.SavedModel.ShouldBeNull();
    }

    private static TrainingTask Stale(int bound) => TinyTasks.Make(TinyTasks.Golden with
    {
        Mode = new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = bound },
    });

    private static RunResult Run(
        TrainingTask task, GradientCompression compression = GradientCompression.None)
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(task, Two, parameterServers: 1, compression: compression)
            .AddParameterServers(1).AddWorkers(2);
        RunResult result = cluster.Result();
        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{cluster.Log}");
        return result;
    }
}
