namespace DistTrain.Numerics;

/// <summary>
/// Elementary functions of binary32 numbers (N6), one file each: written once, generic over the
/// vector width, on operations that IEEE 754 defines to the bit, so every width and machine gives
/// the same bits. Each is within 2 ULP of the exact value for all 2³² arguments (the comments give
/// what was measured over all of them), keeps denormal results, infinities and the sign of zero,
/// and passes NaN on.
/// </summary>
/// <remarks>
/// The coefficients are weighted minimax (Remez), rounded to binary32 one after the other, lowest
/// power first, with the others fitted again after each; coefficients.py beside this file
/// computes them all.
/// </remarks>
public static partial class Elementary
{
    /// <summary>1.5 · 2²³: adding it rounds a small number to an integer, which then stands in the
    /// low bits.</summary>
    private const float RoundToInteger = 12_582_912f;

    private const int SignBit = int.MinValue;
    private const int ExponentShift = 23;

    /// <summary>ln 2 with 16 significant bits, so that its product with an exponent is exact.
    /// </summary>
    private const float Ln2High = 0.693145751953125f;

    private const float Ln2Low = 1.42860677e-6f;

    /// <summary>−|x|.</summary>
    private static V NegativeMagnitude<V>(V x)
        where V : struct, ILanes<V> => x | V.BroadcastBits(SignBit);

    /// <summary>|x|.</summary>
    private static V Magnitude<V>(V x)
        where V : struct, ILanes<V> => x & V.BroadcastBits(~SignBit);
}
