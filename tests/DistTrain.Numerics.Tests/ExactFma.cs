using System.Numerics;

namespace DistTrain.Numerics.Tests;

/// <summary>
/// a · b + c in integers of any length, rounded once to binary32: the slow oracle of
/// <see cref="SoftwareFma"/>, which shares no step with it.
/// </summary>
internal static class ExactFma
{
    /// <summary>2⁻²⁹⁸ is the unit of every product of two binary32 numbers.</summary>
    private const int UnitExponent = -298;

    public static float MultiplyAdd(float a, float b, float c)
    {
        if (!float.IsFinite(a) || !float.IsFinite(b) || !float.IsFinite(c))
        {
            // Two roundings do no harm here: only signs, zeros and infinities decide. The product
            // of two finite numbers must not overflow to an infinity of its own.
            float product = float.IsFinite(a) && float.IsFinite(b) ? 0 : a * b;
            return product + c;
        }

        BigInteger exact = (Units(a, -149) * Units(b, -149)) + Units(c, UnitExponent);
        if (!exact.IsZero)
            return Round(exact);

        // An exact zero is +0, unless product and addend are both −0.
        bool productIsNegative = float.IsNegative(a) != float.IsNegative(b);
        bool bothAreZero = c == 0 && (a == 0 || b == 0);
        return bothAreZero && productIsNegative && float.IsNegative(c) ? -0f : 0f;
    }

    /// <summary>The number as a multiple of 2^unit.</summary>
    private static BigInteger Units(float value, int unit)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        int field = (bits >> 23) & 0xFF;
        int mantissa = (bits & 0x7F_FFFF) | (field == 0 ? 0 : 0x80_0000);
        BigInteger magnitude = new BigInteger(mantissa) << (Math.Max(field, 1) - 150 - unit);
        return bits < 0 ? -magnitude : magnitude;
    }

    private static float Round(BigInteger units)
    {
        BigInteger magnitude = BigInteger.Abs(units);
        int length = (int)magnitude.GetBitLength();
        int dropped = Math.Max(length - 24, -149 - UnitExponent);
        BigInteger kept = magnitude >> dropped;
        BigInteger rest = magnitude - (kept << dropped);
        BigInteger half = BigInteger.One << (dropped - 1);
        if (rest > half || (rest == half && !kept.IsEven))
            kept += 1;

        // kept ≤ 2²⁴ and the exponent is in binary64's range: this scaling is exact.
        double value = (double)kept * Math.ScaleB(1, dropped + UnitExponent);
        return (float)(units.Sign * value);
    }
}
