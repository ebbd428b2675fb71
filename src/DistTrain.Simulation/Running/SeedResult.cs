namespace DistTrain.Simulation;

/// <summary>What one simulated run came to.</summary>
public sealed record SeedResult
{
    public required long Seed { get; init; }

    /// <summary>The check that failed, or null.</summary>
    public CheckFailedException? Failure { get; init; }

    public required int Nodes { get; init; }

    public required int Slices { get; init; }

    /// <summary>Of the run, not counting those that were done again.</summary>
    public required long Steps { get; init; }

    public required long VirtualMicros { get; init; }

    public required long Events { get; init; }

    public required long WorstRecoveryTicks { get; init; }

    /// <summary>Messages under way between nodes at one time, heartbeats not counted.</summary>
    public required int MostInFlight { get; init; }

    /// <summary>Faults that were injected, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Injected { get; init; }

    /// <summary>Those after which something went another way.</summary>
    public required IReadOnlyDictionary<string, int> Effective { get; init; }

    public int EffectiveFaults => Effective.Values.Sum();

    public required bool LostSlice { get; init; }

    public required bool LostCoordinator { get; init; }

    public required bool RolledBack { get; init; }

    /// <summary>The version and the hash that the run ended with.</summary>
    public required long FinalVersion { get; init; }

    public required string FinalHash { get; init; }
}
