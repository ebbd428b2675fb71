using System.Numerics;

namespace DistTrain.Wire;

/// <summary>
/// IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. Whole-number arithmetic
/// moves the exponent by 112 and the fraction by 13 bits; numbers below 2⁻¹⁴ are rounded by one
/// addition, which aligns their last bit, 2⁻²⁴, with that of numbers from ½ to 1.
/// </summary>
internal readonly struct Binary16Narrowing : INarrowing
{
    private const uint ExponentShift = 112u << 23;
    private const uint SmallestNormal = 113u << 23;
    private const uint Infinity = 0x7f80_0000;

    /// <summary>65,520: it and all above round to infinity.</summary>
    private const uint FirstInfinite = 0x477f_f000;

    public static Vector<uint> Narrow(Vector<uint> bits)
    {
        Vector<uint> magnitude = bits & Vector.Create(0x7fff_ffffu);
        Vector<uint> sign = (bits >>> 16) & Vector.Create(0x8000u);

        Vector<uint> tiesToEven =
            Vector.Create(0xfffu) + ((magnitude >>> 13) & Vector<uint>.One);
        Vector<uint> result =
            (magnitude - Vector.Create(ExponentShift) + tiesToEven) >>> 13;

        Vector<float> half = Vector.Create(0.5f);
        Vector<uint> subnormal =
            Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + half)
            - Vector.AsVectorUInt32(half);
        result = Vector.ConditionalSelect(
            Vector.LessThan(magnitude, Vector.Create(SmallestNormal)), subnormal, result);
        result = Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(magnitude, Vector.Create(FirstInfinite)),
            Vector.Create(0x7c00u), result);

        Vector<uint> quiet =
            Vector.Create(0x7e00u) | ((magnitude >>> 13) & Vector.Create(0x3ffu));
        result = Vector.ConditionalSelect(
            Vector.GreaterThan(magnitude, Vector.Create(Infinity)), quiet, result);
        return result | sign;
    }

    public static Vector<uint> Widen(Vector<uint> bits)
    {
        Vector<uint> magnitude = bits & Vector.Create(0x7fffu);
        Vector<uint> sign = (bits & Vector.Create(0x8000u)) << 16;
        Vector<uint> moved = magnitude << 13;
        Vector<uint> shift = Vector.Create(ExponentShift);
        Vector<uint> result = moved + shift;

        // Infinity and NaN go to the highest exponent, by the same shift once more.
        result += Vector.GreaterThanOrEqual(magnitude, Vector.Create(0x7c00u)) & shift;

        Vector<uint> least = Vector.Create(SmallestNormal);
        Vector<uint> subnormal = Vector.AsVectorUInt32(
            Vector.AsVectorSingle(moved + least) - Vector.AsVectorSingle(least));
        result = Vector.ConditionalSelect(
            Vector.LessThan(magnitude, Vector.Create(0x400u)), subnormal, result);
        return result | sign;
    }
}
