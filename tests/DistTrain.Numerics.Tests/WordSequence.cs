namespace DistTrain.Numerics.Tests;

/// <summary>A reproducible sequence of numbers for tests (SplitMix64, Steele et al. 2014).
/// </summary>
internal sealed class WordSequence(ulong seed)
{
    private ulong _state = seed;

    public uint Next() => (uint)(Next64() >> 32);

    public ulong Next64()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>Any of the 2³² bit patterns.</summary>
    public float NextPattern() => Floats.FromBits(Next());

    /// <summary>A number of either sign with 2^exponent ≤ |x| &lt; 2^(exponent + 1).</summary>
    public float NextNear(int exponent)
    {
        uint word = Next();
        return Floats.FromBits((word & 0x807F_FFFF) | ((uint)(exponent + 127) << 23));
    }
}
