namespace DistTrain.Simulation;

/// <summary>A thread or one direction of a network port: does one thing after another.</summary>
internal sealed class Resource
{
    private long _freeAt;

    /// <summary>All that it has done or will have done when it is free.</summary>
    public long BusyNanos { get; private set; }

    /// <returns>Begin and end of what is added to it now.</returns>
    public (long Begin, long End) Add(long now, long nanos)
    {
        long begin = Math.Max(now, _freeAt);
        _freeAt = begin + nanos;
        BusyNanos += nanos;
        return (begin, _freeAt);
    }
}
