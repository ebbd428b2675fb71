namespace DistTrain.Engine.Akka;

/// <summary>What lanes wait for and take at most.</summary>
internal sealed record LaneSettings
{
    public static LaneSettings Default { get; } = new();

    /// <summary>Frames of a lane that were sent and are not acknowledged: whatever else is told
    /// that node waits behind these at most, 65 KB each.</summary>
    public int WindowFrames { get; init; } = 16;

    /// <summary>Frames that are acknowledged together.</summary>
    public int CreditFrames => Math.Max(1, WindowFrames / 4);

    /// <summary>Nodes with the host that this one has are on this machine: what they send goes
    /// through memory that both map, where the system has it.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>Before the second attempt to open a lane; then twice as long each time.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest between two attempts.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an open lane is asked whether all has arrived.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Lanes of a node each way: other nodes that it talks to.</summary>
    public int MostLanes { get; init; } = 4_096;
}
