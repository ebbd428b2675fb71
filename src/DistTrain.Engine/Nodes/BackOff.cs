namespace DistTrain.Engine;

/// <summary>
/// How long to wait before the next attempt: twice as long each time up to a limit, less up to a
/// half by chance, so that those who lost the same head do not all come back at once.
/// </summary>
internal sealed class BackOff(TimeSpan first, TimeSpan limit, Random random)
{
    private TimeSpan? _delay;

    public TimeSpan Next()
    {
        TimeSpan delay = _delay ?? first;
        _delay = 2 * delay < limit ? 2 * delay : limit;
        return delay * (1 - (random.NextDouble() / 2));
    }

    public void Reset() => _delay = null;
}
