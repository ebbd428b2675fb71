namespace DistTrain.Protocol;

/// <summary>When to ask again for what was not answered: after a first wait that doubles up to a
/// bound, for as long as it takes.</summary>
internal sealed class RetryTimer(int firstTicks, int mostTicks)
{
    private int _wait;
    private int _left;
    private bool _isRunning;

    /// <summary>Something is asked for the first time.</summary>
    public void Restart()
    {
        _wait = firstTicks;
        _left = firstTicks;
        _isRunning = true;
    }

    /// <returns>True if it is time to ask again.</returns>
    public bool Tick()
    {
        if (!_isRunning || --_left > 0)
        {
            return false;
        }

        _wait = Math.Min(2 * _wait, mostTicks);
        _left = _wait;
        return true;
    }
}
