namespace DistTrain.Engine.Tcp;

/// <summary>
/// How suspicious it is that nothing comes from a peer any more: φ = −log₁₀ of the probability that
/// a pause gets as long, if pauses are normal with the mean and deviation of those seen. After
/// Hayashibara, Défago, Yared, Katayama: The φ accrual failure detector, SRDS 2004. Times come from
/// the caller; it knows no clock.
/// </summary>
/// <param name="expected">A peer that is well is heard this often. Of each such period the longest
/// pause counts, and as no less than this: how densely data streams says nothing of later.</param>
/// <param name="leastDeviation">Allowed even to the most regular peer.</param>
internal sealed class AccrualFailureDetector(TimeSpan expected, TimeSpan leastDeviation)
{
    public const int WindowSize = 64;

    /// <summary>With fewer pauses seen there is no suspicion.</summary>
    public const int LeastPauses = 8;

    private readonly double[] _pauses = new double[WindowSize];
    private int _count;
    private int _next;
    private bool _wasHeard;
    private TimeSpan _newest;
    private TimeSpan _period;
    private TimeSpan _longest;
    private double _mean;
    private double _deviation;

    /// <summary>The peer was heard.</summary>
    public void Heard(TimeSpan at)
    {
        if (!_wasHeard)
        {
            _wasHeard = true;
            BeginPeriod(at);
            return;
        }

        TimeSpan pause = at - _newest;
        _longest = pause > _longest ? pause : _longest;
        _newest = at;
        if (at - _period >= expected)
        {
            Add(Math.Max(_longest.TotalMilliseconds, expected.TotalMilliseconds));
            BeginPeriod(at);
        }
    }

    /// <summary>The pause until now says nothing of the peer: this process did not run, or did not
    /// listen.</summary>
    public void Forgive(TimeSpan now) => BeginPeriod(now);

    /// <summary>The suspicion, 0 and more.</summary>
    public double Phi(TimeSpan now)
    {
        if (_count < LeastPauses)
        {
            return 0;
        }

        // The logistic approximation of the normal distribution, P(X > y) ≈ 1 / (1 + e^z): five
        // percent of φ too much at four deviations. For large z the logarithm is −z.
        double y = ((now - _newest).TotalMilliseconds - _mean) / _deviation;
        double z = y * (1.5976 + (0.070566 * y * y));
        return z > 30 ? z / Math.Log(10) : Math.Log10(1 + Math.Exp(z));
    }

    private void BeginPeriod(TimeSpan at)
    {
        _newest = at;
        _period = at;
        _longest = default;
    }

    private void Add(double milliseconds)
    {
        _pauses[_next] = milliseconds;
        _next = (_next + 1) % WindowSize;
        _count = Math.Min(_count + 1, WindowSize);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += _pauses[i];
            squares += _pauses[i] * _pauses[i];
        }

        _mean = sum / _count;
        double variance = Math.Max((squares / _count) - (_mean * _mean), 0);
        _deviation = Math.Max(Math.Sqrt(variance), leastDeviation.TotalMilliseconds);
    }
}
