using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// a · b + c with one rounding, without the hardware's help (N7): the product of two binary32 is
/// exact in binary64, the sum is rounded to odd there, and only then rounded to binary32. Rounding
/// to odd first makes the second rounding right whenever the wider format has two bits more than
/// the narrow one (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
/// </summary>
public static class SoftwareFma
{
    /// <summary>
    /// The low 28 of the 29 bits that binary64 has more than binary32. They are all zero in every
    /// binary64 number that lies half-way between two neighbouring binary32 numbers, normal or
    /// denormal; only there can the rounding of the sum change the final result.
    /// </summary>
    private const long BitsBelowMidpoint = (1L << 28) - 1;

    /// <summary>Returns a · b + c rounded once to binary32, ties to even; as IEEE 754 defines it
    /// for infinities, NaN, signed zeros and denormal results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c)
    {
        double product = (double)a * b;
        double sum = product + c;
        if ((BitConverter.DoubleToInt64Bits(sum) & BitsBelowMidpoint) == 0)
            sum = RoundToOdd(product, c, sum);
        return (float)sum;
    }

    /// <summary>
    /// Given sum = fl(product + c): where the sum is inexact and its last bit even, the neighbour
    /// on the side of the error, whose last bit is odd; else the sum itself.
    /// </summary>
    private static double RoundToOdd(double product, double c, double sum)
    {
        // TwoSum (Knuth): product + c = sum + error exactly. A sum that is not finite makes the
        // error NaN, for which both comparisons below are false.
        double virtualC = sum - product;
        double error = (product - (sum - virtualC)) + (c - virtualC);
        long towardsError = (error > 0 ? 1L : 0L) - (error < 0 ? 1L : 0L);

        // A step away from zero adds 1 to the bits whatever the sign, so a negative sum turns the
        // direction. An inexact sum is never zero.
        long bits = BitConverter.DoubleToInt64Bits(sum);
        long isNegative = bits >> 63;
        long step = (towardsError ^ isNegative) - isNegative;
        long isEven = ~bits & 1;
        return BitConverter.Int64BitsToDouble(bits + (step * isEven));
    }
}
