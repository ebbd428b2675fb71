using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class ResumeTests : IDisposable
{
    private static readonly Recipe Stopping = TinyTasks.Golden with
    {
        LearningRate = 0.01,
        Epochs = 12,
        EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, Patience: 2),
    };

    private readonly TemporaryFolder _folder = new();

    private string Checkpoints => _folder.File("checkpoints");

    public void Dispose() => _folder.Dispose();

    // Ten steps an epoch, thirty in all: first, mid-epoch, an epoch's end, last but one.
    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(4, 2, 1)]
    [InlineData(10, 1, 3)]
    [InlineData(17, 13, 3)]
    [InlineData(29, 5, 2)]
    public void An_interrupted_and_resumed_run_gives_the_same_weights(
        long stopAt, int workersThen, int slicesThen)
    {
        RunResult interrupted = RunUntil(TinyTasks.GoldenTask, stopAt);
        interrupted.Outcome.ShouldBe(RunOutcome.Interrupted, interrupted.Cause);
        interrupted.Steps.ShouldBeInRange(stopAt, stopAt + 1);
        interrupted.SavedModel.ShouldBeNull();

        Checkpoint from = Newest();
        from.Version.ShouldBe(interrupted.Steps);
        RunResult resumed = Run(TinyTasks.GoldenTask, from, workersThen, slicesThen);

        resumed.Outcome.ShouldBe(RunOutcome.Completed);
        resumed.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        resumed.Steps.ShouldBe(30);
        Timeless(resumed.History.Epochs).ShouldBe(ReferenceEpochs(TinyTasks.GoldenTask));
    }

    [Fact]
    public void Interrupting_at_every_step_changes_nothing()
    {
        Checkpoint? from = null;
        for (long step = 1; step < 30; step++)
        {
            if (step <= from?.Version)
            {
                continue; // a slice was one step further when the request came
            }

            RunUntil(TinyTasks.GoldenTask, step, from).Outcome.ShouldBe(RunOutcome.Interrupted);
            from = Newest();
        }

        Run(TinyTasks.GoldenTask, from).WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
    }

    [Fact]
    public void Early_stopping_restores_the_best_and_survives_a_resume()
    {
        TrainingTask task = TinyTasks.Make(Stopping);
        ReferenceResult expected = ReferenceTrainer.Train(
            task, Numerics.Kernels.For(Numerics.IsaSupport.Best));
        expected.Epochs.Count.ShouldBeLessThan(Stopping.Epochs, "the test needs an early stop");

        // In the epoch after the best one: best copy and patience must come from the file.
        long stopAt = (10L * (expected.Epochs.Count - 2)) + 4;
        RunUntil(task, stopAt).Outcome.ShouldBe(RunOutcome.Interrupted);
        RunResult resumed = Run(task, Newest());

        resumed.WeightsSha256.ShouldBe(expected.WeightsSha256);
        Timeless(resumed.History.Epochs).ShouldBe(Timeless(expected.Epochs));
        resumed.Version.ShouldBe(10L * (expected.Epochs.Count - 2));
        resumed.Steps.ShouldBe(10L * expected.Epochs.Count);
        resumed.Test!.LossSum.ShouldBe(expected.Test!.LossSum);

        // What was judged to stop stays stopped.
        RunResult again = Run(task, Newest());
        again.SamplesTrained.ShouldBe(0);
        again.WeightsSha256.ShouldBe(expected.WeightsSha256);
    }

    [Fact]
    public void A_run_stopped_while_it_evaluates_judges_that_epoch_after_the_resume()
    {
        using var stop = new CancellationTokenSource();
        RunResult interrupted = LocalEngine.Run(
            TinyTasks.GoldenTask, Options(null, workers: 3, slices: 2), new Watcher(),
            new EngineHooks { BeforeEvaluation = (_, _, _) => stop.Cancel() }, stop.Token);
        interrupted.Outcome.ShouldBe(RunOutcome.Interrupted);
        interrupted.Steps.ShouldBe(10);

        RunResult resumed = Run(TinyTasks.GoldenTask, Newest());

        resumed.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        Timeless(resumed.History.Epochs).ShouldBe(ReferenceEpochs(TinyTasks.GoldenTask));
    }

    [Fact]
    public void A_complete_run_resumed_only_evaluates()
    {
        RunResult complete = Run(TinyTasks.GoldenTask, null);

        RunResult again = Run(TinyTasks.GoldenTask, Newest());

        again.Outcome.ShouldBe(RunOutcome.Completed);
        again.SamplesTrained.ShouldBe(0);
        again.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        again.Test!.LossSum.ShouldBe(complete.Test!.LossSum);
        again.History.Epochs.Count.ShouldBe(3);
    }

    [Fact]
    public void A_damaged_newest_checkpoint_costs_steps_and_no_bit()
    {
        Run(TinyTasks.GoldenTask, null, checkpointEverySteps: 4);
        string newest = Path.Combine(Checkpoints, "step-30.dtm");
        byte[] bytes = File.ReadAllBytes(newest);
        File.WriteAllBytes(newest, bytes[..(bytes.Length / 2)]);

        Checkpoint from = new CheckpointFolder(Checkpoints, 3)
            .NewestGood(out IReadOnlyList<string> damaged)!;

        damaged.ShouldHaveSingleItem().ShouldContain("cut short");
        from.Version.ShouldBeLessThan(30);
        Run(TinyTasks.GoldenTask, from).WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        CheckpointFile.Read(newest).Version.ShouldBe(30);
    }

    [Fact]
    public void The_model_predicts_but_does_not_continue()
    {
        RunResult complete = Run(TinyTasks.GoldenTask, null);
        Checkpoint model = CheckpointFile.Read(complete.SavedModel!);
        ParameterHash.Sha256(model.Parameters).ShouldBe(TinyTasks.GoldenHash);

        Should.Throw<CheckpointException>(() => Run(TinyTasks.GoldenTask, model))
            .Message.ShouldContain("checkpoints folder");
    }

    [Fact]
    public void A_checkpoint_of_another_task_is_refused_with_the_reason()
    {
        RunUntil(TinyTasks.GoldenTask, 4);
        Checkpoint from = Newest();

        void Refused(TrainingTask task, string reason) =>
            Should.Throw<CheckpointException>(() => Run(task, from)).Message.ShouldContain(reason);

        Refused(TinyTasks.Make(TinyTasks.Golden, training: 2009), "other data");
        Refused(TinyTasks.Make(TinyTasks.Golden, validation: 0), "validated on other data");
        Refused(TinyTasks.Make(TinyTasks.Golden with { BatchSize = 100 }), "epochs of 10 steps");
        Refused(
            TinyTasks.Make(TinyTasks.Golden with { Layers = [new(10, Activation.Softmax)] }),
            "11386 parameters");
        Refused(
            TinyTasks.Make(TinyTasks.Golden with
            {
                Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Sgd },
            }),
            "another optimizer");
    }

    internal static EpochRecord[] Timeless(IEnumerable<EpochRecord> epochs) =>
        [.. epochs.Select(epoch => epoch with { Seconds = 0, SamplesPerSecond = 0 })];

    private static EpochRecord[] ReferenceEpochs(TrainingTask task) => Timeless(
        ReferenceTrainer.Train(task, Numerics.Kernels.For(Numerics.IsaSupport.Best)).Epochs);

    private Checkpoint Newest() => new CheckpointFolder(Checkpoints, 3).NewestGood(out _)!;

    private RunResult RunUntil(TrainingTask task, long step, Checkpoint? from = null)
    {
        using var stop = new CancellationTokenSource();
        var watcher = new Watcher { AtStep = done => StopAt(done) };
        void StopAt(long done)
        {
            if (done == step)
            {
                stop.Cancel();
            }
        }

        return LocalEngine.Run(
            task, Options(from, workers: 3, slices: 2), watcher, stop.Token);
    }

    private RunResult Run(
        TrainingTask task, Checkpoint? from, int workers = 2, int slices = 3,
        long checkpointEverySteps = 0) =>
        LocalEngine.Run(
            task,
            Options(from, workers, slices) with { CheckpointEverySteps = checkpointEverySteps },
            new Watcher(), CancellationToken.None);

    private RunOptions Options(Checkpoint? from, int workers, int slices) => new()
    {
        Workers = workers,
        ParameterServers = slices,
        Threads = 2,
        OutFolder = _folder.Path,
        ResumeFrom = from,
    };
}
