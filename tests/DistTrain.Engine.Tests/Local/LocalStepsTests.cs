using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>A round is a pure function of outer version and replica: whoever computes it, and how
/// often, the weights are the reference's.</summary>
public sealed class LocalStepsTests : IDisposable
{
    /// <summary>22 batches an epoch: rounds of 10, 10 and 2, the last with two of five replicas.
    /// </summary>
    private static readonly Recipe Rounds = TinyTasks.Golden with
    {
        BatchSize = 94,
        Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 2, Replicas = 5 },
    };

    private static readonly TrainingTask RoundsTask = TinyTasks.Make(Rounds);

    private static readonly ReferenceResult Reference =
        ReferenceTrainer.Train(RoundsTask, Kernels.For(IsaSupport.Best));

    private readonly TemporaryFolder _folder = new();
    private readonly Watcher _watcher = new();

    public static TheoryData<Isa> Isas => [.. IsaSupport.Available];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [CombinatorialWorkers]
    public void Actors_give_the_reference_weights(int workers, int slices)
    {
        RunResult result = Run(new RunOptions { Workers = workers, ParameterServers = slices });

        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(Reference.WeightsSha256);
        _watcher.Start!.Workers.ShouldBe(Math.Min(workers, 5));
        _watcher.Start.IdleWorkers.ShouldBe(Math.Max(workers - 5, 0));
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_instruction_set_gives_the_reference_weights(Isa isa) =>
        Run(new RunOptions { Workers = 3, Isa = isa }).WeightsSha256
            .ShouldBe(Reference.WeightsSha256);

    [Fact]
    public void Rounds_are_the_steps_that_are_counted()
    {
        RunResult result = Run(new RunOptions { Workers = 2, ParameterServers = 2 });

        _watcher.Steps.ShouldBe(Enumerable.Range(1, 9).Select(round => (long)round));
        ResumeTests.Timeless(_watcher.Epochs).ShouldBe(ResumeTests.Timeless(Reference.Epochs));
        result.Steps.ShouldBe(9);
        result.SamplesTrained.ShouldBe(3 * 2010);
        result.Test!.LossSum.ShouldBe(Reference.Test!.LossSum);
    }

    [Fact]
    public void Workers_that_throw_change_no_bit()
    {
        var failed = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        var hooks = new EngineHooks
        {
            BeforeGradient = (worker, round, _) =>
            {
                if (worker.Value == round % 2 && failed.TryAdd(round, true))
                {
                    throw new InvalidOperationException("a bad sector");
                }
            },
        };
        RunResult result = LocalEngine.Run(
            RoundsTask, new RunOptions { Workers = 3, ParameterServers = 2, Threads = 2 },
            _watcher, hooks, CancellationToken.None);

        result.WeightsSha256.ShouldBe(Reference.WeightsSha256);
        result.WorkersLost.ShouldBe(9);
    }

    // Three rounds an epoch: the first, within an epoch, an epoch's end, the last but one.
    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(5, 3, 1)]
    [InlineData(8, 2, 3)]
    public void An_interrupted_and_resumed_run_gives_the_same_weights(
        long stopAt, int workersThen, int slicesThen)
    {
        using var stop = new CancellationTokenSource();
        var options = new RunOptions
        {
            Workers = 2,
            ParameterServers = 2,
            OutFolder = _folder.Path,
        };
        var stopping = new Watcher { AtStep = round => StopAt(round) };
        void StopAt(long round)
        {
            if (round == stopAt)
            {
                stop.Cancel();
            }
        }

        LocalEngine.Run(RoundsTask, options, stopping, stop.Token).Outcome
            .ShouldBe(RunOutcome.Interrupted);
        Checkpoint from =
            new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
        from.Version.ShouldBeInRange(stopAt, stopAt + 1);
        from.FirstMoment.ShouldContain(v => v != 0, "the outer velocity");
        from.SecondMoment.ShouldBeEmpty("the inner moments end with their round");
        RunResult resumed = Run(options with
        {
            Workers = workersThen,
            ParameterServers = slicesThen,
            ResumeFrom = from,
        });

        resumed.WeightsSha256.ShouldBe(Reference.WeightsSha256);
        ResumeTests.Timeless(resumed.History.Epochs)
            .ShouldBe(ResumeTests.Timeless(Reference.Epochs));
    }

    [Fact]
    public void A_checkpoint_of_rounds_is_refused_by_synchronous_training()
    {
        Run(new RunOptions { OutFolder = _folder.Path });
        Checkpoint from =
            new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;

        Should.Throw<CheckpointException>(() => LocalEngine.Run(
            TinyTasks.Make(Rounds with { Mode = new ModeRecipe() }),
            new RunOptions { ResumeFrom = from }, _watcher, CancellationToken.None))
            .Message.ShouldContain("another optimizer");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    public void A_replica_that_diverges_stops_the_run_and_names_the_layer(int workers, int slices)
    {
        TrainingTask task = TinyTasks.Make(Rounds with
        {
            ClipNorm = null,
            LearningRate = 1e30,
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Sgd },
            Layers =
            [
                new LayerRecipe(48, Activation.Relu),
                new LayerRecipe(10, Activation.Softmax),
            ],
        });
        RunResult result = LocalEngine.Run(
            task, new RunOptions { Workers = workers, ParameterServers = slices }, _watcher,
            CancellationToken.None);

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause.ShouldNotBeNull();
        result.Cause.ShouldStartWith("step 0: the gradient of layers.0.weight is not finite");
        result.Version.ShouldBe(0);
    }

    private RunResult Run(RunOptions options) => LocalEngine.Run(
        RoundsTask, options with { Threads = 2 }, _watcher, CancellationToken.None);
}
