namespace DistTrain.Engine.Tcp;

/// <summary>When a link is to ping, and whether its peer is there still. What is received is told
/// by one thread (<see cref="Heard"/>); all else belongs to the one that looks at the time.
/// </summary>
internal sealed class Heartbeat(LinkOptions options, TimeSpan now)
{
    private readonly AccrualFailureDetector _detector =
        new(options.PingInterval, options.LeastDeviation);

    private long _heardTicks = now.Ticks;
    private TimeSpan _lastHeard = now;
    private TimeSpan _nextPing = now;

    /// <summary>Any byte is a sign of life.</summary>
    public void Heard(TimeSpan at) => Volatile.Write(ref _heardTicks, at.Ticks);

    /// <summary>This process did not run: the peer is heard anew.</summary>
    public void Forgive(TimeSpan at)
    {
        Heard(at);
        _lastHeard = at;
        _detector.Forgive(at);
    }

    public bool IsPingDue(TimeSpan at)
    {
        if (at < _nextPing)
        {
            return false;
        }

        _nextPing = at + options.PingInterval;
        return true;
    }

    /// <returns>Why the peer is given up; null: it is not.</returns>
    public string? Silence(TimeSpan at)
    {
        var heard = TimeSpan.FromTicks(Volatile.Read(ref _heardTicks));
        if (heard != _lastHeard)
        {
            _lastHeard = heard;
            _detector.Heard(heard);
        }

        TimeSpan silence = at - heard;
        double phi = _detector.Phi(at);
        bool isOver = silence >= options.FailureTimeout || phi >= options.SuspicionLimit;
        return isOver ? $"nothing came from it for {silence.TotalSeconds:0.0} s" : null;
    }
}
