namespace DistTrain.Wire.Tests;

/// <summary>The formats of 16 bits by their definition, in binary64, slowly.</summary>
internal static class Oracle
{
    public static float Value(TensorEncoding encoding, ushort bits)
    {
        (int fractionBits, int bias) = Shape(encoding);
        int fraction = bits & ((1 << fractionBits) - 1);
        int exponent = (bits & 0x7fff) >> fractionBits;
        double sign = bits >= 0x8000 ? -1 : 1;
        if (exponent == 0x7fff >> fractionBits)
        {
            return fraction == 0 ? (float)(sign * double.PositiveInfinity) : float.NaN;
        }

        double value = exponent == 0
            ? Math.ScaleB(fraction, 1 - bias - fractionBits)
            : Math.ScaleB((1 << fractionBits) + fraction, exponent - bias - fractionBits);
        return (float)(sign * value);
    }

    /// <summary>What infinity stands for when a number is rounded: the number that would come next.
    /// </summary>
    public static double Finite(TensorEncoding encoding, float value) =>
        !float.IsPositiveInfinity(value) ? value
        : encoding == TensorEncoding.Bfloat16 ? Math.ScaleB(1, 128) : 65_536;

    /// <summary>By halving the range of candidates; of two that are as near, the even one.
    /// </summary>
    public static ushort Nearest(TensorEncoding encoding, float value)
    {
        double magnitude = Math.Abs((double)value);
        int low = 0;
        int high = 0x7fff & ~((1 << Shape(encoding).FractionBits) - 1);
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Value(encoding, (ushort)middle) <= magnitude
                ? (middle, high)
                : (low, middle);
        }

        double below = magnitude - Value(encoding, (ushort)low);
        double above = Finite(encoding, Value(encoding, (ushort)high)) - magnitude;
        bool isLow = below < above || (below == above && low % 2 == 0);
        return (ushort)((isLow ? low : high) | (float.IsNegative(value) ? 0x8000 : 0));
    }

    private static (int FractionBits, int Bias) Shape(TensorEncoding encoding) =>
        encoding == TensorEncoding.Bfloat16 ? (7, 127) : (10, 15);
}
