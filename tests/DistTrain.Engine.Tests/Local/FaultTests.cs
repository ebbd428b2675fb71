using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class FaultTests : IDisposable
{
    // Activations without a bound: a learning rate of 1e30 leaves binary32 in its second step.
    private static readonly Recipe Unbounded = TinyTasks.Golden with
    {
        ClipNorm = null,
        Layers =
        [
            new LayerRecipe(96, Activation.Relu),
            new LayerRecipe(48, Activation.Relu),
            new LayerRecipe(10, Activation.Softmax),
        ],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Watcher _watcher = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    [InlineData(2, 13)]
    public void A_worker_that_throws_is_restarted_and_changes_no_bit(int times, int workers)
    {
        int left = times;
        RunResult result = Run(workers, new EngineHooks
        {
            BeforeGradient = (_, step, _) =>
            {
                if (step == 12 && Interlocked.Decrement(ref left) >= 0)
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        });

        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        result.WorkersLost.ShouldBe(times);
        _watcher.Events.OfType<WorkerLeftRun>().Count().ShouldBe(times);
        _watcher.Events.OfType<WorkerLeftRun>().First().Cause.ShouldContain("a bad sector");
    }

    [Fact]
    public void A_worker_that_throws_in_every_step_once_changes_no_bit()
    {
        var failed = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        RunResult result = Run(5, new EngineHooks
        {
            BeforeGradient = (worker, step, _) =>
            {
                if (worker.Value == step % 5 && failed.TryAdd(step, true))
                {
                    throw new InvalidOperationException("again");
                }
            },
        });

        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        result.WorkersLost.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_third_failure_of_a_step_ends_the_run_with_cause_and_checkpoint(int workers)
    {
        RunResult result = Run(workers, new EngineHooks
        {
            BeforeGradient = (_, step, _) =>
            {
                if (step == 12)
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        });

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("step 12");
        result.Cause!.ShouldContain("a bad sector");
        result.Failure.ShouldBeNull();
        Newest().Version.ShouldBe(12);
        result.Version.ShouldBe(12);
        result.SavedModel.ShouldBeNull();
    }

    [Fact]
    public void An_evaluation_that_throws_is_made_by_another()
    {
        int left = 2;
        RunResult result = Run(3, new EngineHooks
        {
            BeforeEvaluation = (_, _, _) =>
            {
                if (Interlocked.Decrement(ref left) >= 0)
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        });

        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        result.WorkersLost.ShouldBe(2);
        result.History.Epochs.Count.ShouldBe(3);
    }

    [Fact]
    public void A_diverging_run_stops_names_step_and_layer_and_keeps_the_last_good_checkpoint()
    {
        // The first epoch is trained well; its checkpoint is then continued far too fast.
        Run(2, EngineHooks.None, TinyTasks.Make(Unbounded with { Epochs = 1 }));
        Checkpoint good = Newest();
        good.Version.ShouldBe(10);

        RunResult result = Run(
            2, EngineHooks.None,
            TinyTasks.Make(Unbounded with { LearningRate = 1e30 }), good);

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("step 11");
        result.Cause!.ShouldContain("layers.");
        result.Cause!.ShouldContain("learning rate");
        result.Failure.ShouldBeNull();
        result.Parameters.ShouldAllBe(value => float.IsFinite(value));
        Newest().Version.ShouldBe(10);
    }

    [Fact]
    public void A_diverging_run_with_clipping_names_the_layer_too()
    {
        RunResult result = Run(
            3, EngineHooks.None,
            TinyTasks.Make(Unbounded with { LearningRate = 1e30, ClipNorm = 1 }));

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("step 1");
        result.Cause!.ShouldContain("layers.0.weight");
    }

    [Fact]
    public void A_step_that_cannot_be_applied_ends_the_run_at_the_third_time_and_its_threads()
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, bool>();
        RunResult result = Run(3, new EngineHooks
        {
            BeforeGradient = (_, _, _) => threads[Thread.CurrentThread] = true,
            BeforeUpdate = (_, step) =>
            {
                if (step == 5)
                {
                    throw new InvalidOperationException("index out of range");
                }
            },
        });

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause.ShouldBe(
            "applying step 5 failed 3 times; the last time: index out of range");
        result.Failure.ShouldBeNull();
        _watcher.Events.OfType<RunRolledBack>().Select(e => e.Version).ShouldBe([0, 0]);
        threads.Keys.ShouldAllBe(thread => !thread.IsAlive);
    }

    [Theory]
    [InlineData(5, 0, true)]
    [InlineData(17, 10, true)]
    [InlineData(17, 10, false)]
    [InlineData(29, 20, false)]
    public void A_slice_that_throws_takes_the_run_back_and_changes_no_bit(
        long failing, long restored, bool withFiles)
    {
        int left = 2;
        var hooks = new EngineHooks
        {
            BeforeUpdate = (slice, step) =>
            {
                if (slice.Value == 1 && step == failing && Interlocked.Decrement(ref left) >= 0)
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        };
        RunResult result = LocalEngine.Run(
            TinyTasks.GoldenTask,
            new RunOptions
            {
                Workers = 3,
                ParameterServers = 2,
                Threads = 2,
                OutFolder = withFiles ? _folder.Path : null,
            },
            _watcher, hooks, CancellationToken.None);

        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        result.History.Epochs.Count.ShouldBe(3);
        _watcher.Events.OfType<RunRolledBack>().Select(e => e.Version)
            .ShouldAllBe(version => version <= restored);
        _watcher.Events.OfType<RunRolledBack>().Count().ShouldBe(2);
    }

    [SkippableFact]
    public void The_work_of_a_worker_that_hangs_is_done_by_another()
    {
        // It hangs in the first step that its own thread runs it in: where it is run by the thread
        // that is to help, nobody could.
        using var goesOn = new ManualResetEventSlim();
        long hung = -1;
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (hung >= 0 && step > hung)
                {
                    goesOn.Set();
                }
            },
        };
        RunResult result = LocalEngine.Run(
            TinyTasks.GoldenTask,
            new RunOptions { Workers = 2, ParameterServers = 1, Threads = 2 }, watcher,
            new EngineHooks
            {
                BeforeGradient = (worker, step, _) =>
                {
                    bool isAtHome = Thread.CurrentThread.Name == "compute 1";
                    if (worker.Value == 1 && step >= 12 && isAtHome && hung < 0)
                    {
                        hung = step;
                        goesOn.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue("the step is stuck");
                    }
                },
            },
            CancellationToken.None);

        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        Skip.If(hung < 0, "worker 1 never ran on its own thread: is there one core only?");
        watcher.Events.OfType<WorkDuplicated>().ShouldContain(e => e.Step == hung);
    }

    [Fact]
    public void A_throwing_observer_ends_the_run()
    {
        var watcher = new Watcher { AtStep = _ => throw new InvalidOperationException("screen") };
        RunResult result = LocalEngine.Run(
            TinyTasks.GoldenTask, new RunOptions { Workers = 2 }, watcher, CancellationToken.None);

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause.ShouldBe("screen");
    }

    [Theory]
    [InlineData(typeof(Contribution))]
    [InlineData(typeof(ParametersPublished))]
    [InlineData(typeof(AllowSteps))]
    [InlineData(typeof(SliceStatus))]
    [InlineData(typeof(CheckpointSaved))]
    public void A_lost_message_is_a_stuck_run_and_no_hang(Type lost)
    {
        RunResult result = Run(2, new EngineHooks { Loses = message => message.GetType() == lost });

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("the run is stuck");
        foreach (string role in new[] { "the coordinator", "slice 0", "slice 1", "worker 1" })
        {
            result.Cause!.ShouldContain(role);
        }
    }

    [Fact]
    public void A_folder_that_takes_no_file_does_not_stop_training_before_its_end()
    {
        File.WriteAllText(_folder.File("checkpoints"), "a file where the folder should be");

        RunResult result = Run(2, EngineHooks.None);

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("could not be written");
        result.Cause!.ShouldContain("step-30.dtm");
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        _watcher.Events.OfType<CheckpointSkipped>().ShouldNotBeEmpty();
        File.Exists(_folder.File("model.dtm")).ShouldBeFalse();
    }

    private Checkpoint Newest() =>
        new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;

    private RunResult Run(
        int workers, EngineHooks hooks, TrainingTask? task = null, Checkpoint? from = null) =>
        LocalEngine.Run(
            task ?? TinyTasks.GoldenTask,
            new RunOptions
            {
                Workers = workers,
                ParameterServers = 2,
                Threads = 2,
                OutFolder = _folder.Path,
                ResumeFrom = from,
            },
            _watcher, hooks, CancellationToken.None);
}
