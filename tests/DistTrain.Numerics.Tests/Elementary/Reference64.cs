namespace DistTrain.Numerics.Tests;

/// <summary>
/// Binary64 references, good to a few parts in 10¹⁵, for the functions that the platform's library
/// lacks. They share no method with the code under test.
/// </summary>
internal static class Reference64
{
    public static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    public static double Softplus(double x) =>
        Math.Max(x, 0) + LogOfOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + y) for y ≥ 0; what the sum rounds away is divided out (Kahan).</summary>
    public static double LogOfOnePlus(double y)
    {
        double sum = 1 + y;
        return sum == 1 ? y : Math.Log(sum) * (y / (sum - 1));
    }

    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        double magnitude = a < 3 ? ErfSeries(a) : a < 6 ? 1 - ErfcFraction(a) : 1;
        return double.IsNaN(x) ? x : Math.CopySign(magnitude, x);
    }

    /// <summary>The standard normal's distribution function, also far out on the left.</summary>
    public static double NormalCdf(double x)
    {
        double a = Math.Abs(x) / Math.Sqrt(2);
        double upper = a < 2 ? 1 - ErfSeries(a) : ErfcFraction(a);
        return x < 0 ? upper / 2 : 1 - (upper / 2);
    }

    /// <summary>erf a = 2/√π exp(−a²) Σ 2ⁿ a²ⁿ⁺¹ / (2n + 1)!!: every term is positive.</summary>
    private static double ErfSeries(double a)
    {
        double term = a, sum = 0;
        for (int n = 1; term > sum * 1e-18; n++)
        {
            sum += term;
            term *= 2 * a * a / ((2 * n) + 1);
        }

        return sum * Math.Exp(-a * a) * (2 / Math.Sqrt(Math.PI));
    }

    /// <summary>erfc a by Laplace's continued fraction, for a ≥ 2.</summary>
    private static double ErfcFraction(double a)
    {
        double fraction = a;
        for (int n = 120; n >= 1; n--)
            fraction = a + (n / 2.0 / fraction);
        return Math.Exp(-a * a) / (fraction * Math.Sqrt(Math.PI));
    }
}
