using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Slices on nodes of their own: checkpoints, losses, and the run's end.</summary>
public sealed class ParameterServerTests : IDisposable
{
    private static readonly RunOptions Three =
        new() { Workers = 2, ParameterServers = 3, Threads = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Norms_that_say_nothing_are_exchanged_without_clipping()
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with { ClipNorm = null });
        using NodeCluster cluster = new NodeCluster()
            .StartHead(task, Three, parameterServers: 2).AddParameterServers(2).AddWorkers(2);

        cluster.Completed(TinyTasks.HashOf(task));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Early_stopping_ends_with_the_best_parameters_of_all_nodes(bool withFiles)
    {
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            LearningRate = 0.01,
            Epochs = 12,
            EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, Patience: 2),
            Data = new DataRecipe { ValidationSplit = 0.1 },
        });
        ReferenceResult expected = ReferenceTrainer.Train(
            task, Numerics.Kernels.For(Numerics.IsaSupport.Best));
        using NodeCluster cluster = new NodeCluster()
            .StartHead(
                task, Three with { OutFolder = withFiles ? _folder.Path : null },
                parameterServers: 2)
            .AddParameterServers(2).AddWorkers(2);
        RunResult result = cluster.Completed(expected.WeightsSha256);

        result.Version.ShouldBeLessThan(result.Steps);
        (result.SavedModel is not null).ShouldBe(withFiles);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(5)]
    public void The_slices_of_a_node_that_leaves_are_restored_at_the_head(long at)
    {
        using var leave = new CancellationTokenSource();
        NodeCluster? cluster = null;
        var watcher = new Watcher();

        // In the workers: the head's threads are what is to notice it.
        var hooks = new EngineHooks
        {
            BeforeGradient = (_, step, _) =>
            {
                if (step == at)
                {
                    leave.Cancel();
                    cluster!.Log.WaitFor("parameter server 1 (node 1) is gone");
                }
            },
        };
        using NodeCluster all = cluster = new NodeCluster();
        cluster.StartHead(TinyTasks.GoldenTask, Three, parameterServers: 2, observer: watcher)
            .AddParameterServers(1);
        cluster.Log.WaitFor("parameter server 0 (node 0) is ready");
        cluster.AddParameterServers(1, stop: leave.Token).AddWorkers(2, hooks);
        RunResult result = cluster.Completed(TinyTasks.GoldenHash);

        result.WorkersLost.ShouldBe(0);
        cluster.OutcomeOf(1).ShouldBe(NodeOutcome.Left);
        watcher.Events.OfType<SliceLeftRun>().ShouldHaveSingleItem().Slice.ShouldBe(new SliceId(2));
        watcher.Events.OfType<RunRolledBack>().ShouldHaveSingleItem()
            .Version.ShouldBe(at / 10 * 10);
    }

    [Fact]
    public void A_run_of_several_nodes_is_stopped_and_resumed_by_others()
    {
        using var stop = new CancellationTokenSource();
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (step == 17)
                {
                    stop.Cancel();
                }
            },
        };
        RunOptions options = Three with { OutFolder = _folder.Path, CheckpointEverySteps = 3 };
        using NodeCluster first = new NodeCluster()
            .StartHead(
                TinyTasks.GoldenTask, options, parameterServers: 2, observer: watcher,
                stop: stop.Token)
            .AddParameterServers(2).AddWorkers(2);
        RunResult interrupted = first.Result();
        interrupted.Outcome.ShouldBe(RunOutcome.Interrupted, first.Log.ToString());
        interrupted.Version.ShouldBeInRange(17, 18);

        Checkpoint from = new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
        from.Version.ShouldBe(interrupted.Version);
        using NodeCluster second = new NodeCluster()
            .StartHead(
                TinyTasks.GoldenTask, options with { ResumeFrom = from, ParameterServers = 2 },
                parameterServers: 1)
            .AddParameterServers(2) // one is spare
            .AddWorkers(3);
        second.Completed(TinyTasks.GoldenHash);
    }
}
