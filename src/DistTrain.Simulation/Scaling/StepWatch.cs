using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>Waits until steps repeat, and says what they are made of.</summary>
/// <remarks>Parameter servers whose slices differ do not all publish at once; then a cycle may be
/// two steps long, or more.</remarks>
internal sealed class StepWatch(IReadOnlyList<Machine> machines, long latencyNanos)
{
    private const int MostSteps = 200;
    private const int LongestCycle = 12;

    // A machine's thread, what it sends and what it receives.
    private const int Counters = 3;

    private readonly List<long> _publishedAt = [];
    private readonly List<long[]> _busy = [];

    // Steps in the cycle that was found.
    private int _cycle;

    public bool IsSteady => _cycle > 0;

    /// <summary>The mean of a cycle.</summary>
    public double StepNanos => (double)(_publishedAt[^1] - _publishedAt[^(_cycle + 1)]) / _cycle;

    /// <summary>By <see cref="ScalingBound"/>: the busiest machine's part of a step. Latency is
    /// that of a step's two hops.</summary>
    public ImmutableArray<double> Shares()
    {
        double[] shares = new double[Enum.GetValues<ScalingBound>().Length];
        for (int i = 0; i < machines.Count; i++)
        {
            ReadOnlySpan<ScalingBound> bounds = machines[i].Address.Role switch
            {
                Role.Worker =>
                [
                    ScalingBound.WorkerComputes, ScalingBound.WorkerSends,
                    ScalingBound.WorkerReceives,
                ],
                Role.Slice =>
                [
                    ScalingBound.ServerComputes, ScalingBound.ServerSends,
                    ScalingBound.ServerReceives,
                ],
                _ => [],
            };
            for (int j = 0; j < bounds.Length; j++)
            {
                int bound = (int)bounds[j];
                shares[bound] = Math.Max(shares[bound], BusyShare((Counters * i) + j));
            }
        }

        shares[(int)ScalingBound.Latency] = 2 * latencyNanos / StepNanos;
        return [.. shares];
    }

    /// <summary>Slice 0 publishes a version.</summary>
    public void OnPublished(long now)
    {
        _publishedAt.Add(now);
        _busy.Add([.. machines.SelectMany(m => new[]
        {
            m.Thread.BusyNanos, m.Sending.BusyNanos, m.Receiving.BusyNanos,
        })]);
        _cycle = CycleFound();
        if (!IsSteady && _publishedAt.Count > MostSteps)
        {
            throw new InvalidOperationException("The steps of a faultless cluster do not repeat.");
        }
    }

    /// <returns>0: none yet. The first step, in which the run begins, is not looked at.</returns>
    private int CycleFound()
    {
        for (int cycle = 1; cycle <= LongestCycle; cycle++)
        {
            if (_publishedAt.Count - 2 >= 2 * cycle && Repeats(cycle))
            {
                return cycle;
            }
        }

        return 0;
    }

    private bool Repeats(int cycle)
    {
        for (int i = 1; i <= cycle; i++)
        {
            if (StepBefore(i) != StepBefore(cycle + i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The last step is 1.</summary>
    private long StepBefore(int steps) => _publishedAt[^steps] - _publishedAt[^(steps + 1)];

    private double BusyShare(int counter) =>
        (_busy[^1][counter] - _busy[^(_cycle + 1)][counter]) / (_cycle * StepNanos);
}
