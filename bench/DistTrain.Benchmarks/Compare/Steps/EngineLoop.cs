using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// Training by the local engine, actors and all; as many workers as threads. A run a
/// sample, so that nothing of ours spins while a peer is measured.
/// </summary>
internal static class EngineLoop
{
    /// <summary>Microseconds a step over so many seconds, a tenth more before them uncounted.
    /// </summary>
    public static double Sample(
        TrainingTask task, int threads, double seconds, bool usesTeam = true)
    {
        RunOptions options = new()
        {
            Workers = threads,
            Threads = threads,
            UsesTeam = usesTeam,
        };
        using CancellationTokenSource stop = new();
        StepTiming timing = new(seconds, stop);
        GC.Collect();
        RunResult result = LocalEngine.Run(task, options, timing, stop.Token);
        return result.Outcome == RunOutcome.Interrupted
            ? timing.MicrosecondsPerStep
            : throw new InvalidOperationException($"The run {result.Outcome}: {result.Cause}.");
    }
}
