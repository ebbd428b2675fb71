namespace DistTrain.Numerics;

/// <summary>
/// The few binary64 functions that schedules, Adam's bias correction and the initialisation need,
/// once per step or item (N6), on + − × ÷ alone: no fused multiply-add, so every machine rounds
/// alike. Coefficients as in <see cref="Elementary"/>, rounded to binary64.
/// </summary>
public static class ScalarMath
{
    /// <summary>ln 2 with 32 significant bits, so that its product with an exponent is exact.
    /// </summary>
    private const double Ln2High = 0.69314718060195446;

    private const double Ln2Low = -4.2009150726810846e-11;

    private const double SquareRootOfHalf = 0.70710678118654752;

    private const double Pi = 3.1415926535897931;

    /// <summary>What π has beyond its binary64.</summary>
    private const double PiLow = 1.2246467991473532e-16;

    /// <summary>
    /// Natural logarithm, within 2 ULP; −∞ at ±0, NaN below. With x = 2ᵏ(1 + f),
    /// √½ ≤ 1 + f &lt; √2, and s = f / (2 + f): log(1 + f) = 2 atanh(s) = f − s(f − s² p(s²)), since
    /// 2s = f − sf.
    /// </summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;

        (double mantissa, int k) = Split(x);
        double f = mantissa - 1;
        double s = f / (2 + f);
        double z = s * s;
        double p = 0.14798618553054602;
        p = (p * z) + 0.15313801594477522;
        p = (p * z) + 0.18183573330169339;
        p = (p * z) + 0.22222198414626557;
        p = (p * z) + 0.28571428743781424;
        p = (p * z) + 0.39999999999409136;
        p = (p * z) + 0.66666666666667351;
        double correction = (s * (f - (z * p))) - (k * Ln2Low);
        return (k * Ln2High) + (f - correction);
    }

    /// <summary>
    /// cos(πx), within 2 ULP, and exact at the multiples of ½. The argument is reduced without
    /// error to a quarter of a half turn. NaN for infinities and NaN.
    /// </summary>
    public static double CosPi(double x)
    {
        if (!double.IsFinite(x))
            return double.NaN;

        double turn = x < 0 ? -x : x;
        turn -= 2 * Math.Floor(turn / 2);
        if (turn > 1)
            turn = 2 - turn;
        return turn switch
        {
            <= 0.25 => CosPiOfQuarter(turn),
            <= 0.75 => SinPiOfQuarter(0.5 - turn),
            _ => -CosPiOfQuarter(1 - turn),
        };
    }

    /// <summary>
    /// xⁿ for n ≥ 0 by square-and-multiply: binary64 products in an order that only n decides, the
    /// same on every machine. The relative error is below about 2⁻⁵³ · n.
    /// </summary>
    public static double PowerOfInteger(double x, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        double result = 1;
        for (double square = x; n > 0; n >>= 1, square *= square)
        {
            if ((n & 1) != 0)
                result *= square;
        }

        return result;
    }

    /// <summary>x = mantissa · 2ᵏ with √½ ≤ mantissa &lt; √2, for finite x above 0.</summary>
    private static (double Mantissa, int K) Split(double x)
    {
        const int FractionBits = 52;
        int scaledBy = 0;
        if (!double.IsNormal(x))
        {
            x *= 1L << FractionBits;
            scaledBy = FractionBits;
        }

        long bits = BitConverter.DoubleToInt64Bits(x);
        long reference = BitConverter.DoubleToInt64Bits(SquareRootOfHalf);
        int k = (int)((bits - reference) >> FractionBits);
        return (BitConverter.Int64BitsToDouble(bits - ((long)k << FractionBits)), k - scaledBy);
    }

    /// <summary>cos(πy) = 1 − y² p(y²) for 0 ≤ y ≤ ¼.</summary>
    private static double CosPiOfQuarter(double y)
    {
        double z = y * y;
        double p = 0.00010304559901606051;
        p = (p * z) - 0.0019293528603562971;
        p = (p * z) + 0.025806876106545532;
        p = (p * z) - 0.23533062979391259;
        p = (p * z) + 1.3352627688435823;
        p = (p * z) - 4.0587121264166672;
        p = (p * z) + 4.9348022005446790;
        return 1 - (z * p);
    }

    /// <summary>sin(πy) = πy + y³ p(y²) for |y| ≤ ¼, π in two parts.</summary>
    private static double SinPiOfQuarter(double y)
    {
        double z = y * y;
        double p = -2.2162793878946460e-5;
        p = (p * z) + 0.00046637966366058347;
        p = (p * z) - 0.0073704381429031051;
        p = (p * z) + 0.082145886926674183;
        p = (p * z) - 0.59926452932766938;
        p = (p * z) + 2.5501640398774139;
        p = (p * z) - 5.1677127800499703;
        return (Pi * y) + (y * ((z * p) + PiLow));
    }
}
