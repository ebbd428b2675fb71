using System.Runtime.InteropServices;

namespace DistTrain.Benchmarks.Compare;

/// <summary>What two threads have of two cores at one moment.</summary>
/// <param name="HandOffNanoseconds">One way, from a writing thread to a spinning one.</param>
/// <param name="BothGigaflops">Fused multiply-adds of both together.</param>
internal readonly record struct PlacementReading(
    double HandOffNanoseconds, double BothGigaflops);

/// <summary>
/// Where the hypervisor has put two virtual processors: threads of one core share its arithmetic,
/// cores of two dies are far apart. Both show at once in the time of a hand-off and in the rate
/// that two threads reach together.
/// </summary>
internal sealed class Placement
{
    private const int Trips = 200, Batches = 5, Tries = 10, FmaRounds = 1_500_000;
    private const int Stop = -1;

    // Two threads on one processor take a time slice a trip. A new thread often begins on that of
    // the one that made it and is moved within milliseconds.
    private const long SpinLimit = 1_000_000;

    private Line _ping, _pong;

    /// <summary>One reading, about 3 ms.</summary>
    public static PlacementReading Read() => new Placement().ReadOnce();

    private PlacementReading ReadOnce()
    {
        double others = 0;
        var other = new Thread(() =>
        {
            Answer();
            others = FmaPeak.Rate(FmaRounds);
        });
        other.Start();
        double handOff = HandOff();
        double own = FmaPeak.Rate(FmaRounds);
        other.Join();
        return new PlacementReading(handOff, own + others);
    }

    /// <summary>The median of a few batches; infinite where in every try a trip did not come back
    /// in time.</summary>
    private double HandOff()
    {
        int trip = 0;
        double nanoseconds = double.PositiveInfinity;
        for (int i = 0; i < Tries && double.IsInfinity(nanoseconds); i++)
            nanoseconds = Once(ref trip);
        Volatile.Write(ref _ping.Value, Stop);
        return nanoseconds;
    }

    private double Once(ref int trip)
    {
        bool isBack = Trip(++trip, long.MaxValue);
        double[] nanoseconds = new double[Batches];
        for (int batch = 0; batch < Batches && isBack; batch++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            for (int i = 0; i < Trips && isBack; i++)
                isBack = Trip(++trip, SpinLimit);
            nanoseconds[batch] = System.Diagnostics.Stopwatch.GetElapsedTime(start)
                .TotalNanoseconds / (2 * Trips);
        }

        return isBack ? Median.Of(nanoseconds) : double.PositiveInfinity;
    }

    private bool Trip(int number, long spins)
    {
        Volatile.Write(ref _ping.Value, number);
        while (Volatile.Read(ref _pong.Value) != number)
        {
            if (--spins < 0)
                return false;
        }

        return true;
    }

    private void Answer()
    {
        int last = 0;
        while (last != Stop)
        {
            int number = Volatile.Read(ref _ping.Value);
            if (number != last)
                Volatile.Write(ref _pong.Value, last = number);
        }
    }

    /// <summary>A number with its cache line, and the neighbours that are fetched along.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Line
    {
        [FieldOffset(128)]
        public int Value;
    }
}
