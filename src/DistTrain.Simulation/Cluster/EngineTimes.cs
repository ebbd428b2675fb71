namespace DistTrain.Simulation;

/// <summary>The simulated engine's times, in ticks.</summary>
internal static class EngineTimes
{
    public const int HeartbeatTicks = 5;

    /// <summary>Not heard of for so long: taken for dead, rightly or not.</summary>
    public const int SuspicionTicks = 30;

    /// <summary>A head that has not heard of the leading one for so long begins to lead; the
    /// second head waits longer than the first, and so on.</summary>
    public const int HeadPatienceTicks = 50;

    public const int HeadPatienceStepTicks = 25;

    /// <summary>A head that begins to lead waits at most so long for nodes and answers.</summary>
    public const int PreparationTicks = 30;

    /// <summary>A request between engines is repeated after so long.</summary>
    public const int RetryTicks = 10;

    /// <summary>A checkpoint that no head has after so many requests cannot be loaded.</summary>
    public const int LoadRequests = 12;

    /// <summary>Network messages that wait for a paused process; more are lost.</summary>
    public const int MaxBacklog = 400;

    /// <summary>A process whose computing threw comes back after so long.</summary>
    public const int RestartTicks = 8;
}
