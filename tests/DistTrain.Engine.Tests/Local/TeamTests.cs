using DistTrain.Learning;
using DistTrain.Learning.Tests;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>Where workers and slices train as one team, everything is as with actors.</summary>
public sealed class TeamTests : IDisposable
{
    private const int StepsPerEpoch = 42;

    // Without clipping by norm, and a small batch.
    private static readonly Recipe Recipe = TinyTasks.Golden with
    {
        ClipNorm = null,
        BatchSize = 48,
    };

    private static readonly TrainingTask Task = TinyTasks.Make(Recipe);

    private static readonly ReferenceResult Expected = ReferenceTrainer.Train(
        Task, Kernels.For(IsaSupport.Best));

    private readonly TemporaryFolder _folder = new();
    private readonly Watcher _watcher = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_team_gives_the_reference_weights_and_history(int workers)
    {
        RunResult result = Run(workers);

        ShouldBeATeamOf(workers);
        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(Expected.WeightsSha256);
        ParameterHash.Sha256(CheckpointFile.Read(result.SavedModel!).Parameters)
            .ShouldBe(Expected.WeightsSha256);
        ResumeTests.Timeless(result.History.Epochs).ShouldBe(
            ResumeTests.Timeless(Expected.Epochs));
        result.Test!.LossSum.ShouldBe(Expected.Test!.LossSum);
    }

    [Fact]
    public void Slices_that_are_asked_for_more_workers_than_threads_and_norms_are_actors_work()
    {
        Run(2, slices: 2);
        _watcher.Start!.Slices.ShouldBe(2);
        Run(3);
        _watcher.Start!.Slices.ShouldBe(Math.Min(2, Environment.ProcessorCount));
        _watcher.Start.Workers.ShouldBe(3);
        Run(1, new RunOptions { UsesTeam = false });
        LocalEngine.Run(
            TinyTasks.GoldenTask, new RunOptions { Workers = 2, Threads = 2 }, _watcher,
            CancellationToken.None).WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        _watcher.Start!.Slices.ShouldBe(Math.Min(2, Environment.ProcessorCount));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_one_saved_the_other_goes_on_with(bool savedByTeam, bool resumedByTeam)
    {
        const long At = StepsPerEpoch + 17;
        using var stop = new CancellationTokenSource();
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (step == At)
                {
                    stop.Cancel();
                }
            },
        };
        RunResult stopped = LocalEngine.Run(Task, Options(savedByTeam), watcher, stop.Token);
        stopped.Outcome.ShouldBe(RunOutcome.Interrupted);
        Checkpoint from = new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
        from.Version.ShouldBeGreaterThanOrEqualTo(At);
        ParameterHash.Sha256(from.Parameters).ShouldBe(stopped.WeightsSha256);

        RunResult resumed = LocalEngine.Run(
            Task, Options(resumedByTeam) with { ResumeFrom = from }, _watcher,
            CancellationToken.None);

        resumed.WeightsSha256.ShouldBe(Expected.WeightsSha256);
    }

    [Fact]
    public void Early_stopping_ends_on_the_best_parameters()
    {
        TrainingTask task = TinyTasks.Make(Recipe with
        {
            Epochs = 30,
            LearningRate = 0.02,
            EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, 1),
        });
        ReferenceResult expected = ReferenceTrainer.Train(task, Kernels.For(IsaSupport.Best));
        expected.Epochs.Count.ShouldBeLessThan(30, "the test needs an early stop");

        RunResult result = LocalEngine.Run(
            task, new RunOptions { Workers = 2, Threads = 2 }, _watcher, CancellationToken.None);

        ShouldBeATeamOf(2);
        result.WeightsSha256.ShouldBe(expected.WeightsSha256);
        result.Test!.LossSum.ShouldBe(expected.Test!.LossSum);
        result.Version.ShouldBe((long)StepsPerEpoch * (expected.Epochs.Count - 1));
    }

    [Fact]
    public void What_throws_is_begun_anew_and_changes_no_bit()
    {
        int gradients = 2;
        int updates = 2;
        RunResult result = Run(2, hooks: new EngineHooks
        {
            BeforeGradient = (_, step, _) => FailAt(step, StepsPerEpoch + 12, ref gradients),
            BeforeUpdate = (_, step) => FailAt(step, StepsPerEpoch + 20, ref updates),
        });

        ShouldBeATeamOf(2);
        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(Expected.WeightsSha256);
        result.WorkersLost.ShouldBe(2);
        _watcher.Events.OfType<RunRolledBack>().Count().ShouldBe(2);

        static void FailAt(long step, long failing, ref int left)
        {
            if (step == failing && left-- > 0)
            {
                throw new InvalidOperationException("a bad sector");
            }
        }
    }

    [Theory]
    [InlineData(1, RunOutcome.Completed)]
    [InlineData(int.MaxValue, RunOutcome.Failed)]
    public void An_update_that_throws_in_the_midst_is_begun_anew_or_leaves_no_parameters(
        int times, RunOutcome outcome)
    {
        // In the ninth step: each has six updates, of three layers' weights and biases.
        const int Last = 50;
        int updates = 0;
        TrainingTask task = TinyTasks.Make(Recipe with { Epochs = 1 });
        RunResult result = LocalEngine.Run(
            task, new RunOptions { Workers = 1, Threads = 1 }, _watcher,
            new EngineHooks { Kernels = () => new BreakingKernels(Breaks) },
            CancellationToken.None);

        ShouldBeATeamOf(1);
        result.Outcome.ShouldBe(outcome, result.Cause);
        string expected = outcome == RunOutcome.Completed
            ? ReferenceTrainer.Train(task, Kernels.For(IsaSupport.Best)).WeightsSha256
            : string.Empty;
        result.WeightsSha256.ShouldBe(expected);
        if (outcome == RunOutcome.Failed)
        {
            result.Cause.ShouldBe("applying step 8 failed 3 times; the last time: broken");
        }

        bool Breaks()
        {
            if (++updates <= Last || times == 0)
            {
                return false;
            }

            updates = 0;
            times--;
            return true;
        }
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(3e37)]
    public void A_run_that_diverges_says_what_actors_say(double rate)
    {
        // Activations without a bound.
        TrainingTask task = TinyTasks.Make(Recipe with
        {
            LearningRate = rate,
            Layers = [new(96, Activation.Relu), new(48, Activation.Relu), Recipe.Layers[^1]],
        });
        RunResult actors = LocalEngine.Run(
            task, new RunOptions { Workers = 2, ParameterServers = 1 }, new Watcher(),
            CancellationToken.None);
        actors.Outcome.ShouldBe(RunOutcome.Failed);

        RunResult team = LocalEngine.Run(
            task, new RunOptions { Workers = 2, Threads = 2 }, _watcher, CancellationToken.None);

        ShouldBeATeamOf(2);
        team.Outcome.ShouldBe(RunOutcome.Failed);
        team.Cause.ShouldBe(actors.Cause);
        team.Failure.ShouldBeNull();
        team.Version.ShouldBe(actors.Version);
        team.WeightsSha256.ShouldBe(actors.WeightsSha256);
    }

    private void ShouldBeATeamOf(int workers)
    {
        _watcher.Start!.Slices.ShouldBe(1);
        _watcher.Start.Workers.ShouldBe(workers);
        _watcher.Start.Threads.ShouldBe(Math.Min(workers, Environment.ProcessorCount));
    }

    private RunResult Run(
        int workers, RunOptions? options = null, int? slices = null, EngineHooks? hooks = null) =>
        LocalEngine.Run(
            Task,
            (options ?? new RunOptions()) with
            {
                Workers = workers,
                Threads = 2,
                ParameterServers = slices,
                OutFolder = _folder.Path,
            },
            _watcher, hooks ?? EngineHooks.None, CancellationToken.None);

    private RunOptions Options(bool asTeam) => new()
    {
        Workers = 2,
        Threads = 2,
        ParameterServers = asTeam ? null : 3,
        OutFolder = _folder.Path,
    };
}
