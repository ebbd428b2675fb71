using System.Diagnostics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Moments in which a thread that does nothing but read the time did not run: a core's
/// clock ticks, or its host takes the core away. Linux tells of the latter only what the host tells
/// it, which may be nothing.</summary>
/// <param name="Count">Of them.</param>
/// <param name="Microseconds">All of them together.</param>
/// <param name="WatchedMicroseconds">For so long the time was read.</param>
internal readonly record struct Interruptions(
    int Count, double Microseconds, double WatchedMicroseconds)
{
    // Two readings of the clock in a row are a twentieth of a microsecond apart.
    private const double LeastMicroseconds = 3;

    private const double WatchMicroseconds = 5_000;

    /// <summary>Watches the core that this thread is on, 5 ms.</summary>
    public static Interruptions Watch()
    {
        double microsecondsPerTick = 1e6 / Stopwatch.Frequency;
        long watch = (long)(WatchMicroseconds / microsecondsPerTick);
        long least = (long)(LeastMicroseconds / microsecondsPerTick);
        long start = Stopwatch.GetTimestamp();
        long last = start, lost = 0;
        int count = 0;
        while (last - start < watch)
        {
            long now = Stopwatch.GetTimestamp();
            if (now - last > least)
            {
                count++;
                lost += now - last;
            }

            last = now;
        }

        return new(count, lost * microsecondsPerTick, (last - start) * microsecondsPerTick);
    }

    /// <summary>One line for the report.</summary>
    public static string Report(IEnumerable<Interruptions> watched)
    {
        int count = 0;
        double lost = 0, microseconds = 0;
        foreach (Interruptions part in watched)
        {
            count += part.Count;
            lost += part.Microseconds;
            microseconds += part.WatchedMicroseconds;
        }

        return $"{Figures.Rate(1e6 * count / microseconds)} a second of "
            + $"{Figures.Rate(lost / count)} µs: {100 * lost / microseconds:0.0} % of its time, "
            + $"watched for {microseconds / 1e6:0.0} s through the run";
    }
}
