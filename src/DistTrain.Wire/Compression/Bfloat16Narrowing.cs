using System.Numerics;

namespace DistTrain.Wire;

/// <summary>The upper half of binary32: rounding is a carry from the lower half.</summary>
internal readonly struct Bfloat16Narrowing : INarrowing
{
    public static Vector<uint> Narrow(Vector<uint> bits)
    {
        Vector<uint> upper = bits >>> 16;
        Vector<uint> tiesToEven = Vector.Create(0x7fffu) + (upper & Vector<uint>.One);
        Vector<uint> rounded = (bits + tiesToEven) >>> 16;

        // A carry would make zero, or infinity, of some NaNs; the quiet bit keeps them NaN.
        Vector<uint> magnitude = bits & Vector.Create(0x7fff_ffffu);
        Vector<uint> isNaN = Vector.GreaterThan(magnitude, Vector.Create(0x7f80_0000u));
        return Vector.ConditionalSelect(isNaN, upper | Vector.Create(0x40u), rounded);
    }

    public static Vector<uint> Widen(Vector<uint> bits) => bits << 16;
}
