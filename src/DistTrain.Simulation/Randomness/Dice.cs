using System.Numerics;

namespace DistTrain.Simulation;

/// <summary>
/// The only source of chance in a simulation: xoshiro256** (Blackman and Vigna, 2018), seeded by
/// SplitMix64. Its numbers depend on seed and purpose alone, on every machine and runtime.
/// </summary>
internal sealed class Dice
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <param name="seed">Of the simulation.</param>
    /// <param name="purpose">Keeps streams of one seed apart.</param>
    public Dice(long seed, int purpose)
    {
        ulong state = unchecked((ulong)seed + ((ulong)purpose << 56));
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>0 … <paramref name="bound"/> − 1; 0 for a bound of 0.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + (int)Below(to - from + 1);

    /// <summary>Both ends included.</summary>
    public long Between(long from, long to) => from + Below(to - from + 1);

    public bool Percent(int chance) => Below(100) < chance;

    public bool Permille(int chance) => Below(1000) < chance;

    public T Pick<T>(IReadOnlyList<T> from) => from[(int)Below(from.Count)];

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
