using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>Where a coordinator begins.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Version">Of the newest checkpoint here; 0 or less: none, or none yet.</param>
/// <param name="Number">Of this coordinator: higher than all before it.</param>
internal sealed record LeadFrom(RunId Run, long Version, int Number)
{
    // 2026-01-01 in Unix seconds: numbers of coordinators have 31 bits.
    private const long Epoch = 1_767_225_600;

    /// <summary>A run that ends before it began.</summary>
    public static LeadFrom Nothing => new(new RunId(Guid.NewGuid()), -1, 0);

    /// <summary>Seconds, so that of two heads that do not hear of each other the later one leads;
    /// higher than any that is known, whatever the clocks say.</summary>
    public static int NumberAfter(int known, DateTimeOffset now) =>
        Math.Max((int)(now.ToUnixTimeSeconds() - Epoch), known + 1);

    /// <summary>For the heads.</summary>
    public RunLed ToMessage() => new(Run.Value, Number);

    public CoordinatorOptions ToOptions(RunOptions run)
    {
        var options = new CoordinatorOptions { MinWorkers = run.MinWorkers, Number = Number };
        return Version >= 0
            ? options with { Source = RestoreSource.Checkpoint, Version = Version }
            : options;
    }
}
