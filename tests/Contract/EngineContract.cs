using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>
/// What every engine promises: the same recipe on the same data gives the weights and the history
/// of the reference trainer, whoever computes and whatever fails. One subclass for each engine.
/// </summary>
public abstract class EngineContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a task to its end, on as many workers as the options say.</summary>
    private protected abstract RunResult Run(TrainingTask task, EngineScenario scenario);

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 3, 1)]
    [InlineData(5, 2, 0)]
    public void Any_number_of_workers_and_slices_gives_the_reference_run(
        int workers, int slices, int servers)
    {
        RunResult result = Run(
            TinyTasks.GoldenTask,
            new EngineScenario(Options(workers, slices)) { ParameterServerNodes = servers });

        ShouldBeReference(result, TinyTasks.GoldenTask);
        result.WorkersLost.ShouldBe(0);
    }

    [Fact]
    public void A_run_without_clipping_gives_the_reference_run()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with { ClipNorm = null });

        ShouldBeReference(
            Run(task, new EngineScenario(Options()) { ParameterServerNodes = 1 }), task);
    }

    [Fact]
    public void A_staleness_of_zero_is_synchronous_training()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            Mode = new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = 0 },
        });

        Run(task, new EngineScenario(Options())).WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
    }

    [Fact]
    public void Rounds_of_local_steps_give_the_reference_run()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            BatchSize = 94,
            Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 2, Replicas = 5 },
        });

        ShouldBeReference(
            Run(task, new EngineScenario(Options()) { ParameterServerNodes = 1 }), task);
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_parameters()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            LearningRate = 0.01,
            Epochs = 12,
            EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, Patience: 2),
            Data = new DataRecipe { ValidationSplit = 0.1 },
        });
        RunResult result = Run(task, new EngineScenario(Options()));

        ShouldBeReference(result, task);
        result.Version.ShouldBeLessThan(result.Steps);
        result.SavedModel.ShouldNotBeNull();
    }

    [Fact]
    public void A_worker_that_throws_changes_no_bit()
    {
        int left = 2;
        var scenario = new EngineScenario(Options())
        {
            Hooks = new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                    Throw(step == 12 && Interlocked.Decrement(ref left) >= 0),
            },
        };
        RunResult result = Run(TinyTasks.GoldenTask, scenario);

        ShouldBeReference(result, TinyTasks.GoldenTask);
        result.WorkersLost.ShouldBe(2);
        scenario.Watcher.Events.OfType<WorkerLeftRun>().First().Cause.ShouldContain("a bad sector");
    }

    [Fact]
    public void The_third_failure_of_a_step_ends_the_run_with_its_cause_and_a_checkpoint()
    {
        RunResult result = Run(TinyTasks.GoldenTask, new EngineScenario(Options())
        {
            Hooks = new EngineHooks { BeforeGradient = (_, step, _) => Throw(step == 12) },
        });

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("step 12");
        result.Cause!.ShouldContain("a bad sector");
        result.Failure.ShouldBeNull();
        result.Version.ShouldBe(12);
        Newest().Version.ShouldBe(12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_slice_that_throws_takes_the_run_back_and_changes_no_bit(int servers)
    {
        int left = 2;
        var scenario = new EngineScenario(Options())
        {
            ParameterServerNodes = servers,
            Hooks = new EngineHooks
            {
                BeforeUpdate = (slice, step) => Throw(slice.Value == 1 && step == 17
                    && Interlocked.Decrement(ref left) >= 0),
            },
        };
        RunResult result = Run(TinyTasks.GoldenTask, scenario);

        ShouldBeReference(result, TinyTasks.GoldenTask);
        RunRolledBack[] back = [.. scenario.Watcher.Events.OfType<RunRolledBack>()];
        back.Length.ShouldBe(2);
        back.ShouldAllBe(e => e.Version <= 10);
    }

    [Fact]
    public void An_update_that_never_works_ends_the_run_with_its_cause()
    {
        RunResult result = Run(TinyTasks.GoldenTask, new EngineScenario(Options())
        {
            // One slice: while the run ends, another's word of the same step would be counted too.
            Hooks = new EngineHooks
            {
                BeforeUpdate = (slice, step) => Throw(slice.Value == 1 && step == 17),
            },
        });

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause.ShouldBe(
            "applying step 17 failed 3 times; the last time: a bad sector");
        result.Failure.ShouldBeNull();
    }

    [Fact]
    public void A_run_that_is_stopped_and_resumed_by_others_gives_the_reference_run()
    {
        using var stop = new CancellationTokenSource();
        RunResult interrupted = Run(TinyTasks.GoldenTask, new EngineScenario(Options(3))
        {
            Stop = stop.Token,
            Hooks = new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step == 14)
                    {
                        stop.Cancel();
                    }
                },
            },
        });
        interrupted.Outcome.ShouldBe(RunOutcome.Interrupted, interrupted.Cause);
        interrupted.Version.ShouldBeInRange(14, 29);
        interrupted.SavedModel.ShouldBeNull();
        Checkpoint from = Newest();
        from.Version.ShouldBe(interrupted.Version);

        RunResult resumed = Run(
            TinyTasks.GoldenTask,
            new EngineScenario(Options(2, slices: 3) with { ResumeFrom = from })
            {
                ParameterServerNodes = 1,
            });
        ShouldBeReference(resumed, TinyTasks.GoldenTask);
        resumed.SavedModel.ShouldNotBeNull();
    }

    private protected RunOptions Options(int workers = 2, int slices = 2) => new()
    {
        Workers = workers,
        ParameterServers = slices,
        Threads = 2,
        OutFolder = _folder.Path,
    };

    private protected static void ShouldBeReference(RunResult result, TrainingTask task)
    {
        ReferenceResult expected = ReferenceTrainer.Train(
            task, Numerics.Kernels.For(Numerics.IsaSupport.Best));
        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(expected.WeightsSha256);
        Timeless(result.History.Epochs).ShouldBe(Timeless(expected.Epochs));
        result.Steps.ShouldBe(expected.Epochs[^1].Steps);
        result.Test!.LossSum.ShouldBe(expected.Test!.LossSum);
        result.Test.Accuracy.ShouldBe(expected.Test.Accuracy);
    }

    private static EpochRecord[] Timeless(IEnumerable<EpochRecord> epochs) =>
        [.. epochs.Select(epoch => epoch with { Seconds = 0, SamplesPerSecond = 0 })];

    private static void Throw(bool isDue)
    {
        if (isDue)
        {
            throw new InvalidOperationException("a bad sector");
        }
    }

    private Checkpoint Newest() =>
        new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
}
