namespace DistTrain.Numerics.Tests;

/// <summary>Bits and ULPs of binary32 numbers.</summary>
internal static class Floats
{
    private const int QuietNaN = 0x7FC0_0000;

    /// <summary>The bits; every NaN counts as one, since its bits are never hashed or stored.
    /// </summary>
    public static int Bits(float value) =>
        float.IsNaN(value) ? QuietNaN : BitConverter.SingleToInt32Bits(value);

    public static float FromBits(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    /// <summary>
    /// |actual − exact| in units of binary32's last place at <paramref name="exact"/>; infinite
    /// where NaN, an infinity or the sign of a zero is wrong.
    /// </summary>
    public static double UlpError(float actual, double exact)
    {
        // What rounds to infinity; there, and for ±0 and NaN, there is but one right answer.
        const double OverflowsFrom = 3.4028235677973366e38;
        const double PastLargest = 3.4028236692093846e38;
        if (double.IsNaN(exact) || exact == 0 || Math.Abs(exact) >= OverflowsFrom)
            return Bits(actual) == Bits((float)exact) ? 0 : double.PositiveInfinity;
        if (float.IsNaN(actual))
            return double.PositiveInfinity;

        double value = float.IsInfinity(actual) ? Math.CopySign(PastLargest, actual) : actual;
        int exponent = Math.Max(Math.ILogB(exact), -126);
        return Math.ScaleB(Math.Abs(value - exact), 23 - exponent);
    }
}
