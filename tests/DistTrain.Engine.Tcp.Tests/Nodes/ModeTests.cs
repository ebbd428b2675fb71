using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Modes of training, and gradients in 16 bits, over connections.</summary>
public sealed class ModeTests
{
    private static readonly RunOptions Two =
        new() { Workers = 2, ParameterServers = 2, Threads = 2 };

    [Fact]
    public void Rounds_of_local_steps_give_the_reference_weights()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            BatchSize = 94,
            Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 2, Replicas = 5 },
        });
        Run(task, servers: 1).WeightsSha256.ShouldBe(TinyTasks.HashOf(task));
    }

    [Fact]
    public void A_staleness_of_zero_gives_the_synchronous_weights() =>
        Run(Stale(0), servers: 1).WeightsSha256.ShouldBe(TinyTasks.GoldenHash);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(50, 0)]
    public void Stale_gradients_come_to_the_end(int bound, int servers) =>
        Run(Stale(bound), servers).Steps.ShouldBe(30);

    [Fact]
    public void Stale_gradients_without_clipping_come_to_the_end_on_several_nodes() =>
        Run(Stale(2, clipNorm: null), servers: 1).Steps.ShouldBe(30);

    [Fact]
    public void A_worker_alone_that_takes_up_versions_late_comes_to_the_end()
    {
        // While it computes, newer versions come than it has heard of; the oldest of them has to
        // make room. What it then begins on that one is dropped, and nobody else would do it.
        using NodeCluster cluster = new NodeCluster()
            .StartHead(Stale(5), Two with { Workers = 1, ParameterServers = 1 });
        cluster.AddWorkers(1, hooks: new EngineHooks
        {
            BeforeGradient = (_, _, _) => Thread.Yield(),
        });
        cluster.Result().Outcome.ShouldBe(RunOutcome.Completed, cluster.Log.ToString());
    }

    [Theory]
    [InlineData(GradientCompression.Bfloat16, 0)]
    [InlineData(GradientCompression.Binary16, 1)]
    public void Gradients_in_16_bits_learn_as_well_with_other_bits(
        GradientCompression compression, int servers)
    {
        RunResult result = Run(TinyTasks.GoldenTask, servers, compression);

        result.WeightsSha256.ShouldNotBe(TinyTasks.GoldenHash);
        RunResult exact = Run(TinyTasks.GoldenTask, 0);
        result.Validation!.MeanLoss.ShouldBe(exact.Validation!.MeanLoss, 0.05);
    }

    private static TrainingTask Stale(int bound, double? clipNorm = 0.5) =>
        TinyTasks.Make(TinyTasks.Golden with
        {
            ClipNorm = clipNorm,
            Mode = new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = bound },
        });

    private static RunResult Run(
        TrainingTask task, int servers,
        GradientCompression compression = GradientCompression.None)
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(task, Two, servers, compression)
            .AddParameterServers(servers).AddWorkers(2);
        RunResult result = cluster.Result();
        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{cluster.Log}");
        return result;
    }
}
