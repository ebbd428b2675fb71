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
    /// <summary>The 29 bits that binary64 has more than binary32.</summary>
    private const long ExtraBits = (1L << 29) - 1;

    /// <summary>Those bits of a number half-way between two normal binary32 numbers.</summary>
    private const long Midpoint = 1L << 28;

    private const double SmallestNormal = 1.1754943508222875e-38;

    /// <summary>Returns a · b + c rounded once to binary32, ties to even; as IEEE 754 defines it
    /// for infinities, NaN, signed zeros and denormal results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c)
    {
        double product = (double)a * b;
        double sum = product + c;

        // How the sum was rounded matters only where it stands exactly half-way between two
        // binary32 numbers. That is rare, so the chain of a dot product seldom waits for the
        // rounding to odd. Half-ways between denormals have their bit elsewhere: all take it.
        bool isMidpoint = (BitConverter.DoubleToInt64Bits(sum) & ExtraBits) == Midpoint;
        if (isMidpoint || Math.Abs(sum) < SmallestNormal)
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
