namespace DistTrain.Simulation;

/// <summary>
/// Once no fault is active any more, the run must end, or come to the step where the next fault
/// waits, within a stated number of ticks. Also measures how long a run takes to go on.
/// </summary>
internal sealed class Liveness(World world)
{
    /// <summary>Allowed without regard to the length of the run: fail-over, restore, retries that
    /// have backed off, an evaluation asked for again.</summary>
    public const long BaseTicks = 4_000;

    /// <summary>And for each step, all of which may have to be done again.</summary>
    public const long TicksPerStep = 20;

    private long _newest;
    private long _waitsSince = -1;
    private long _quietSince;

    public long WorstRecoveryTicks { get; private set; }

    public static long TicksAllowed(Scenario scenario) =>
        BaseTicks + (TicksPerStep * scenario.Plan.TotalSteps);

    /// <returns>True if this version was never published before.</returns>
    public bool IsProgress(long version)
    {
        if (version <= _newest)
        {
            return false;
        }

        _newest = version;
        OnMilestone();
        return true;
    }

    public void OnMilestone()
    {
        if (_waitsSince >= 0 && world.Faults.NoneIsActive)
        {
            long ticks = Clock.TicksOf(world.Now - _waitsSince);
            WorstRecoveryTicks = Math.Max(WorstRecoveryTicks, ticks);
            _waitsSince = -1;
        }
    }

    public void Check()
    {
        if (!world.Faults.NoneIsActive)
        {
            _quietSince = world.Now;
            _waitsSince = world.Now;
            return;
        }

        long ticks = Clock.TicksOf(world.Now - _quietSince);
        long allowed = TicksAllowed(world.Scenario);
        if (ticks > allowed)
        {
            throw new CheckFailedException(
                "liveness", $"no end {ticks} ticks after the last fault; {allowed} are allowed");
        }
    }
}
