namespace DistTrain.Protocol;

/// <summary>
/// How long a slice waits for the rest of a step's gradient before it says so: twice the median of
/// the last steps, with a least. Only time in which contributions are due counts.
/// </summary>
internal sealed class StragglerTimer
{
    private readonly int[] _last = new int[ProtocolTicks.MedianSteps];
    private readonly int[] _sorted = new int[ProtocolTicks.MedianSteps];
    private long _measured;
    private int _elapsed;

    // Worked out at the step's first tick: most steps are over before one.
    private int? _due;
    private int _wait;

    /// <summary>A step begins.</summary>
    public void Begin()
    {
        _elapsed = 0;
        _due = null;
    }

    /// <summary>The step's root is complete.</summary>
    public void OnComplete() =>
        _last[_measured++ % ProtocolTicks.MedianSteps] = _elapsed;

    /// <summary>Time passes in which contributions are due.</summary>
    /// <returns>True if the step has stalled; again, ever more rarely, while it lasts.</returns>
    public bool Tick()
    {
        _wait = _due is null ? ProtocolTicks.Retry : _wait;
        _due ??= Patience();
        if (++_elapsed < _due)
        {
            return false;
        }

        _due = _elapsed + _wait;
        _wait = Math.Min(2 * _wait, ProtocolTicks.MostRetry);
        return true;
    }

    private int Patience()
    {
        int steps = (int)Math.Min(_measured, ProtocolTicks.MedianSteps);
        if (steps < ProtocolTicks.LeastSteps)
        {
            return ProtocolTicks.UnmeasuredStall;
        }

        Array.Copy(_last, _sorted, steps);
        Array.Sort(_sorted, 0, steps);
        return Math.Max(2 * _sorted[steps / 2], ProtocolTicks.LeastStall);
    }
}
