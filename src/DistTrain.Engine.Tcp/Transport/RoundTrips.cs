using System.Numerics;

namespace DistTrain.Engine.Tcp;

/// <summary>Round trips of a link's pings, counted in buckets of a quarter octave or less. Safe for
/// several threads.</summary>
internal sealed class RoundTrips
{
    private const int BucketsPerOctave = 4;
    private const int Octaves = 40;

    private readonly long[] _buckets = new long[BucketsPerOctave * Octaves];
    private readonly Lock _gate = new();
    private long _count;

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Add(TimeSpan roundTrip)
    {
        // In steps of 100 ns, from 1 on; the two bits below the highest tell the quarter.
        ulong ticks = (ulong)Math.Max(roundTrip.Ticks, 1) << 2;
        int octave = BitOperations.Log2(ticks) - 2;
        int quarter = (int)(ticks >> octave) & (BucketsPerOctave - 1);
        lock (_gate)
        {
            _buckets[Math.Min((octave * BucketsPerOctave) + quarter, _buckets.Length - 1)]++;
            _count++;
        }
    }

    /// <summary>So large a part of the round trips took no longer.</summary>
    /// <param name="part">0 to 1: 0.5 is the median.</param>
    /// <returns>The end of a bucket, at most 25 % too large; null: nothing was measured.</returns>
    public TimeSpan? Quantile(double part)
    {
        lock (_gate)
        {
            long rank = (long)Math.Ceiling(part * _count);
            for (int i = 0; i < _buckets.Length && _count > 0; i++)
            {
                rank -= _buckets[i];
                if (rank <= 0)
                {
                    (int octave, int quarter) = Math.DivRem(i, BucketsPerOctave);
                    return TimeSpan.FromTicks(((5L + quarter) << octave) >> 2);
                }
            }

            return null;
        }
    }
}
