namespace DistTrain.Simulation;

/// <summary>Runs many seeds, each on one thread, over the cores.</summary>
public static class SeedSweep
{
    /// <param name="firstSeed">The first of them.</param>
    /// <param name="seeds">How many.</param>
    /// <param name="isReal">Compute with the product's kernels instead of symbols.</param>
    /// <param name="progress">Told how many are done, now and then, on any thread.</param>
    /// <param name="stop">Ends early; what was run is summed up.</param>
    public static SweepSummary Run(
        long firstSeed, int seeds, bool isReal, Action<int>? progress = null,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seeds);
        var summary = new SweepSummary(firstSeed);
        int done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, seeds, options, (index, loop) =>
        {
            if (stop.IsCancellationRequested)
            {
                loop.Stop();
                return;
            }

            SeedResult result = Simulator.Run(firstSeed + index, isReal);
            lock (summary)
            {
                summary.Add(result);
            }

            progress?.Invoke(Interlocked.Increment(ref done));
        });
        return summary;
    }
}
