using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>What a step costs the garbage collector. Alone: the counts are the process's.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int WarmUp = 200;
    private const int Steps = 1000;
    private const int MostBytesAStep = 4096;

    // The fewest samples that occupy two workers: the messages are those of any batch. It clips,
    // so that slices exchange norms too.
    private static readonly TrainingTask Task = TinyTasks.Make(
        TinyTasks.Golden with { BatchSize = 2, Microbatch = 1, Epochs = 1 },
        training: 2 * (WarmUp + Steps + 50), validation: 0, test: 0);

    // Nothing but its clipping keeps it from a team.
    private static readonly TrainingTask TeamTask = TinyTasks.Make(
        Task.Recipe with { ClipNorm = null },
        training: Task.Data.Training.Count, validation: 0, test: 0);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(1, null, 1)]
    [InlineData(2, null, 2)]
    public void A_step_takes_no_more_than_4_KB_and_no_older_generation_is_collected(
        int workers, int? slices, int threads)
    {
        var before = default(Counts);
        var after = default(Counts);
        var watcher = new StepWatcher(step =>
        {
            // What earlier tests left would be this run's to collect: twice, as what survives a
            // collection in generation 0 fills the first.
            if (step == WarmUp)
            {
                GC.Collect();
                GC.Collect();
            }

            before = step == WarmUp ? Counts.Now() : before;
            after = step == WarmUp + Steps ? Counts.Now() : after;
        });

        RunResult result = LocalEngine.Run(
            slices is null ? TeamTask : Task,
            new RunOptions { Workers = workers, ParameterServers = slices, Threads = threads },
            watcher, CancellationToken.None);

        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        ((after.Bytes - before.Bytes) / Steps).ShouldBeInRange(1, MostBytesAStep);
        after.FirstGeneration.ShouldBe(before.FirstGeneration);
        after.SecondGeneration.ShouldBe(before.SecondGeneration);
    }

    private readonly record struct Counts(long Bytes, int FirstGeneration, int SecondGeneration)
    {
        public static Counts Now() => new(
            GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(1), GC.CollectionCount(2));
    }

    /// <summary>Allocates nothing itself.</summary>
    private sealed class StepWatcher(Action<long> atStep) : IRunObserver
    {
        public void OnStarted(RunStart start)
        {
        }

        public void OnStep(in StepProgress step) => atStep(step.Step);

        public void OnEpoch(EpochRecord epoch)
        {
        }

        public void OnEvent(RunEvent runEvent)
        {
        }
    }
}
