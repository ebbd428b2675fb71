namespace DistTrain.Benchmarks.Compare;

/// <summary>The machine at one moment, between two samples.</summary>
/// <param name="OneGigaflops">Fused multiply-adds of one thread alone.</param>
/// <param name="Interruptions">Of that thread.</param>
/// <param name="Two">What two threads had, or null where nobody asked.</param>
internal readonly record struct MachineReading(
    double OneGigaflops, Interruptions Interruptions, PlacementReading? Two);

/// <summary>
/// Reads the machine between samples, remembers every reading, and says which samples count. Other
/// guests of the host take a part of it, and the hypervisor moves the processors: a sample between
/// two bad readings says nothing about the program.
/// </summary>
internal sealed class MachineWatch
{
    public const double LeastShareOfPeak = 0.9;
    public const double MostWaiting = 0.1;
    public const double LeastGain = 1.8;

    // Cores side by side hand off in 60 ns on one machine and in 200 ns on another: where even the
    // best decile of a run's readings takes longer than this, the machine has no nearer cores.
    private const double NearNanoseconds = 100, BestDecile = 0.1, Slack = 1.25;

    private const int FmaRounds = 500_000, Repetitions = 3;

    private readonly List<MachineReading> _readings = [];
    private double? _peak, _mostHandOff;

    public IReadOnlyList<MachineReading> Readings => _readings;

    /// <summary>The median over the run so far, GFLOP/s of one core.</summary>
    public double Peak =>
        _peak ??= Median.Of([.. _readings.Select(reading => reading.OneGigaflops)]);

    /// <summary>The longest hand-off between two threads that counts as near.</summary>
    public double MostHandOffNanoseconds => _mostHandOff ??= Math.Max(
        NearNanoseconds, Slack * Median.Quantile(HandOffs, BestDecile));

    public static bool HasTwoCores => Environment.ProcessorCount > 1;

    /// <summary>Reads the machine: 7 ms, with two threads 10 ms.</summary>
    public MachineReading Read(bool withTwo)
    {
        (double one, Interruptions interruptions) = OneProcessor.Run(() => (
            Enumerable.Range(0, Repetitions).Max(_ => FmaPeak.Rate(FmaRounds)),
            Interruptions.Watch()));
        MachineReading reading = new(
            one, interruptions, withTwo && HasTwoCores ? Placement.Read() : null);
        _readings.Add(reading);
        _peak = _mostHandOff = null;
        return reading;
    }

    /// <summary>Whether a sample counts.</summary>
    /// <remarks>Pressure judges one thread alone: a program on two may press itself.</remarks>
    public bool Counts(Sample sample, int threads) => threads == 1
        ? sample.Waiting <= MostWaiting && IsFast(sample.Before) && IsFast(sample.After)
        : IsNear(sample.Before) && IsNear(sample.After);

    private double[] HandOffs =>
        [.. _readings.Where(r => r.Two is not null).Select(r => r.Two!.Value.HandOffNanoseconds)];

    private bool IsFast(MachineReading reading) =>
        reading.OneGigaflops >= LeastShareOfPeak * Peak;

    /// <summary>Whether two threads had two cores, side by side.</summary>
    public bool IsNear(MachineReading reading) =>
        reading.Two is { } two
        && two.HandOffNanoseconds <= MostHandOffNanoseconds
        && two.BothGigaflops >= LeastGain * reading.OneGigaflops;
}
