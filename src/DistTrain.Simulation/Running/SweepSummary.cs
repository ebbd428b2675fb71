namespace DistTrain.Simulation;

/// <summary>What many seeds came to. Sums do not depend on the order they were added in.
/// </summary>
public sealed class SweepSummary(long firstSeed)
{
    private readonly SortedDictionary<long, SeedResult> _failed = [];
    private readonly SortedDictionary<string, int> _injected = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _effective = new(StringComparer.Ordinal);

    public long FirstSeed { get; } = firstSeed;

    public int Seeds { get; private set; }

    /// <summary>By seed.</summary>
    public IReadOnlyCollection<SeedResult> Failed => _failed.Values;

    public long Steps { get; private set; }

    public long VirtualMicros { get; private set; }

    public long Events { get; private set; }

    /// <summary>Faults injected, by kind.</summary>
    public IReadOnlyDictionary<string, int> Injected => _injected;

    /// <summary>Those that had an effect, by kind.</summary>
    public IReadOnlyDictionary<string, int> Effective => _effective;

    public long WorstRecoveryTicks { get; private set; }

    public long WorstRecoverySeed { get; private set; }

    /// <summary>Messages under way between nodes at one time.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>Seeds that lost a slice and the coordinator.</summary>
    public int LostBoth { get; private set; }

    /// <summary>Seeds that went back to a checkpoint or to the start.</summary>
    public int RolledBack { get; private set; }

    public Histogram NodesOfSeeds { get; } = new();

    public Histogram SlicesOfSeeds { get; } = new();

    public Histogram StepsOfSeeds { get; } = new();

    /// <summary>Faults that had an effect.</summary>
    public Histogram FaultsOfSeeds { get; } = new();

    public void Add(SeedResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Seeds++;
        if (result.Failure is not null)
        {
            _failed[result.Seed] = result;
        }

        Steps += result.Steps;
        VirtualMicros += result.VirtualMicros;
        Events += result.Events;
        AddTo(_injected, result.Injected);
        AddTo(_effective, result.Effective);
        AddRecovery(result);
        MostInFlight = Math.Max(MostInFlight, result.MostInFlight);
        LostBoth += result.LostSlice && result.LostCoordinator ? 1 : 0;
        RolledBack += result.RolledBack ? 1 : 0;
        NodesOfSeeds.Add(result.Nodes);
        SlicesOfSeeds.Add(result.Slices);
        StepsOfSeeds.Add((int)result.Steps);
        FaultsOfSeeds.Add(result.EffectiveFaults);
    }

    private void AddRecovery(SeedResult result)
    {
        bool isWorse = Seeds == 1 || result.WorstRecoveryTicks > WorstRecoveryTicks
            || (result.WorstRecoveryTicks == WorstRecoveryTicks
                && result.Seed < WorstRecoverySeed);
        if (isWorse)
        {
            WorstRecoveryTicks = result.WorstRecoveryTicks;
            WorstRecoverySeed = result.Seed;
        }
    }

    private static void AddTo(
        SortedDictionary<string, int> sums, IReadOnlyDictionary<string, int> counts)
    {
        foreach ((string kind, int count) in counts)
        {
            sums[kind] = sums.GetValueOrDefault(kind) + count;
        }
    }
}
