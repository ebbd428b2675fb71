using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// Finds out whether the calling thread computes with denormal numbers as IEEE 754 says (N8). A
/// library that was compiled with "fast math" may have set the processor, thread by thread, to
/// flush them to zero, and then the weights would differ from those of other machines.
/// </summary>
public static class DenormalCheck
{
    // Written on every call, so that no compiler may fold the arithmetic below.
    private static volatile int _smallestNormalBits;

    /// <summary>
    /// True if a denormal result (2⁻¹²⁶ · 0.5) is kept and a denormal operand (2⁻¹²⁷ · 2) is read,
    /// on the thread that calls.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Works()
    {
        const int SmallestNormal = 0x0080_0000, HalfOfIt = 0x0040_0000;
        _smallestNormalBits = SmallestNormal;
        float result = BitConverter.Int32BitsToSingle(_smallestNormalBits) * 0.5f;
        float operand = BitConverter.Int32BitsToSingle(_smallestNormalBits >> 1) * 2f;

        // The bits are compared: a processor that reads denormals as zero would say 2⁻¹²⁷ = 0.
        return BitConverter.SingleToInt32Bits(result) == HalfOfIt
            && BitConverter.SingleToInt32Bits(operand) == SmallestNormal;
    }
}
