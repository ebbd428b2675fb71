using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class ProgressTests
{
    private readonly Watcher _watcher = new();

    [Fact]
    public void Steps_and_epochs_come_in_order_and_say_what_the_reference_says()
    {
        RunResult result = Run(TinyTasks.GoldenTask, new RunOptions
        {
            Workers = 5,
            ParameterServers = 3,
        });

        _watcher.Steps.ShouldBe(Enumerable.Range(1, 30).Select(step => (long)step));
        ReferenceResult expected = ReferenceTrainer.Train(
            TinyTasks.GoldenTask, Numerics.Kernels.For(Numerics.IsaSupport.Best));
        ResumeTests.Timeless(_watcher.Epochs).ShouldBe(ResumeTests.Timeless(expected.Epochs));
        result.Test!.LossSum.ShouldBe(expected.Test!.LossSum);
        result.Validation!.MeanLoss.ShouldBe(expected.Epochs[^1].ValidationLoss!.Value);
        result.SamplesTrained.ShouldBe(3 * 2010);
        result.Seconds.ShouldBeGreaterThan(0);
        result.History.Epochs.Sum(epoch => epoch.Seconds)
            .ShouldBe(result.Seconds, tolerance: 1e-9);
    }

    [Fact]
    public void Workers_beyond_the_units_of_a_batch_are_said_to_idle()
    {
        RunResult result = Run(TinyTasks.GoldenTask, new RunOptions { Workers = 20 });

        _watcher.Start!.Workers.ShouldBe(13);
        _watcher.Start.IdleWorkers.ShouldBe(7);
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
    }

    [Fact]
    public void Slices_are_no_more_than_blocks()
    {
        Run(TinyTasks.GoldenTask, new RunOptions { ParameterServers = 9 });

        _watcher.Start!.Slices.ShouldBe(3);
    }

    [Fact]
    public void Threads_are_no_more_than_cores_nor_than_workers()
    {
        Run(TinyTasks.GoldenTask, new RunOptions { Threads = 1000, Workers = 13 });

        _watcher.Start!.Threads.ShouldBe(Math.Min(13, Environment.ProcessorCount));
    }

    [Fact]
    public void One_worker_has_all_roles_on_its_thread_and_one_slice()
    {
        Run(TinyTasks.GoldenTask, new RunOptions { Threads = 1000, Workers = 1 });

        _watcher.Start!.Threads.ShouldBe(1);
        _watcher.Start.Slices.ShouldBe(1);
    }

    [Fact]
    public void Slices_are_as_many_as_threads_unless_said_otherwise()
    {
        Run(TinyTasks.GoldenTask, new RunOptions { Workers = 13 });

        _watcher.Start!.Slices.ShouldBe(Math.Min(3, _watcher.Start.Threads));
    }

    [Fact]
    public void Without_a_folder_nothing_is_written_and_nothing_claims_so()
    {
        RunResult result = Run(TinyTasks.GoldenTask, new RunOptions { CheckpointEverySteps = 3 });

        result.LastCheckpoint.ShouldBeNull();
        result.SavedModel.ShouldBeNull();
        _watcher.Events.OfType<CheckpointWritten>().ShouldBeEmpty();
    }

    [Fact]
    public void A_run_without_validation_and_test_sets_closes_its_epochs()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden, validation: 0, test: 0);
        RunResult result = Run(task, new RunOptions { Workers = 2 });

        result.WeightsSha256.ShouldBe(TinyTasks.HashOf(task));
        result.History.Epochs.Count.ShouldBe(3);
        result.History.Epochs[0].ValidationLoss.ShouldBeNull();
        result.Validation.ShouldBeNull();
        result.Test.ShouldBeNull();
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_weights()
    {
        foreach (Numerics.Isa isa in Numerics.IsaSupport.Available)
        {
            Run(TinyTasks.GoldenTask, new RunOptions { Workers = 3, Isa = isa })
                .WeightsSha256.ShouldBe(TinyTasks.GoldenHash, isa.ToString());
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Momentum)]
    [InlineData(OptimizerKind.AdamW)]
    public void Every_optimizer_gives_the_reference_weights(OptimizerKind kind)
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            Epochs = 2,
            ClipNorm = null,
            L2 = 1e-4,
            WeightDecay = 0.01,
            Optimizer = new OptimizerRecipe { Kind = kind },
        });

        Run(task, new RunOptions { Workers = 5, ParameterServers = 3 })
            .WeightsSha256.ShouldBe(TinyTasks.HashOf(task));
    }

    [Fact]
    public void A_run_stopped_before_it_began_has_no_weights()
    {
        RunResult result = LocalEngine.Run(
            TinyTasks.GoldenTask, new RunOptions(), _watcher, new CancellationToken(true));

        result.Outcome.ShouldBe(RunOutcome.Interrupted);
        result.Steps.ShouldBe(0);
    }

    private RunResult Run(TrainingTask task, RunOptions options) =>
        LocalEngine.Run(task, options, _watcher, CancellationToken.None);
}
