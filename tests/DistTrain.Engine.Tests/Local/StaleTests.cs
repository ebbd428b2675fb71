using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>Gradients that may be behind: no bits to compare, except with a bound of 0.</summary>
public sealed class StaleTests
{
    private static readonly TrainingTask Small = TinyTasks.Make(
        Stale(TinyTasks.Golden, 0) with { Epochs = 2 }, validation: 100, test: 40);

    private static Recipe Stale(Recipe recipe, int? bound) => recipe with
    {
        Mode = new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = bound },
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 3)]
    public void A_bound_of_zero_is_synchronous_training_bit_for_bit(int workers, int slices) =>
        Train(TinyTasks.Make(Stale(TinyTasks.Golden, 0)), workers, slices, threads: 2)
            .WeightsSha256.ShouldBe(TinyTasks.GoldenHash);

    [Fact]
    public void Digits_are_learnt_on_gradients_two_versions_old()
    {
        var recipe = new Recipe
        {
            Name = "stale",
            Layers =
            [
                new LayerRecipe(64, Activation.Relu), new LayerRecipe(10, Activation.Softmax),
            ],
            BatchSize = 64,
            Epochs = 10,
            Seed = 1,
        };
        TrainingTask task = TrainingTask.Create(Stale(recipe, 2), new DataSplit(
            new DatasetSlice(new GeneratedDigits(), 0, 4000), null,
            new DatasetSlice(new GeneratedDigits(test: true), 0, 1000),
            FeatureScaling.Fit(recipe.Data.Pixels, new GeneratedDigits())));

        RunResult result = Train(task, workers: 3, slices: 2, threads: 2);

        result.Test!.Accuracy.ShouldBeGreaterThan(0.84);
        result.WeightsSha256.ShouldNotBe(TinyTasks.HashOf(task), "nothing was stale");
    }

    [Fact]
    public void Any_schedule_comes_to_its_end_whoever_fails()
    {
        int?[] bounds = [1, 3, null];
        int lost = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            TrainingTask task = TinyTasks.Make(
                Stale(Small.Recipe, bounds[seed % 3]) with
                {
                    ClipNorm = seed % 2 == 0 ? 0.5 : null,
                },
                validation: 100, test: 40);
            int failures = random.Next(3);
            var hooks = new EngineHooks
            {
                BeforeGradient = (worker, step, node) => Disturb(
                    Salt(seed, 1, worker.Value, step, node.Start), ref failures),
                BeforeUpdate = (slice, step) =>
                {
                    int none = 0;
                    Disturb(Salt(seed, 2, slice.Value, step, 0), ref none);
                },
            };

            RunResult result = LocalEngine.Run(
                task,
                new RunOptions
                {
                    Workers = random.Next(1, 8),
                    ParameterServers = random.Next(1, 4),
                    Threads = random.Next(1, 3),
                },
                new Watcher(), hooks, CancellationToken.None);

            result.Outcome.ShouldBe(RunOutcome.Completed, $"seed {seed}: {result.Cause}");
            result.Version.ShouldBe(task.Steps.TotalSteps, $"seed {seed}");
            lost += result.WorkersLost;
        }

        lost.ShouldBeGreaterThan(0, "nobody failed");
    }

    // Not HashCode, which differs from process to process.
    private static int Salt(int seed, int kind, int who, long step, int where) => new Random(
        (((((((seed * 5) + kind) * 31) + who) * 1009) + (int)step) * 61) + where).Next();

    [Theory]
    [InlineData(2, 3, 2)]
    [InlineData(100, 3, 9)]
    [InlineData(null, 3, 3)]
    [InlineData(null, 13, 9)]
    public void No_bound_is_the_number_of_workers_and_none_is_beyond_an_epoch(
        int? bound, int workers, int staleness) =>
        RunPlanner.StalenessOf(TinyTasks.Make(Stale(TinyTasks.Golden, bound)), workers)
            .ShouldBe(staleness);

    [Fact]
    public void What_is_computed_ahead_takes_no_more_than_a_gibibyte()
    {
        // 64 to 30,000 to 10: 2.25 million parameters, 9 MB; three of them a step and worker.
        TrainingTask task = TinyTasks.Make(Stale(TinyTasks.Golden, 1000) with
        {
            BatchSize = 1,
            Layers =
            [
                new LayerRecipe(30_000, Activation.Relu), new LayerRecipe(10, Activation.Softmax),
            ],
        });

        RunPlanner.StalenessOf(task, workers: 1).ShouldBe(39);
        RunPlanner.StalenessOf(task, workers: 1000).ShouldBe(1);
    }

    private static RunResult Train(TrainingTask task, int workers, int slices, int threads)
    {
        RunResult result = LocalEngine.Run(
            task,
            new RunOptions { Workers = workers, ParameterServers = slices, Threads = threads },
            new Watcher(), CancellationToken.None);
        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        return result;
    }

    private static void Disturb(int dice, ref int failures)
    {
        for (int i = 0; i < (dice & 3); i++)
        {
            Thread.Yield();
        }

        if ((dice & 0xFF) > 240 && Interlocked.Decrement(ref failures) >= 0)
        {
            throw new InvalidOperationException("jitter");
        }
    }
}
