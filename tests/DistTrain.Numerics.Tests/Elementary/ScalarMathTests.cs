using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Numerics.Tests;

public sealed class ScalarMathTests
{
    [Fact]
    public void Log_is_within_two_ulp_of_a_decimal_series()
    {
        for (int k = 1; k <= 5000; k++)
        {
            decimal exact = DecimalMath.Log(k / 1024m);
            UlpError(ScalarMath.Log(k / 1024.0), exact).ShouldBeLessThan(2);
        }
    }

    [Fact]
    public void Log_agrees_with_the_platform_over_all_exponents()
    {
        // Errors below 1 and 2 ULP: the two differ by two at the most.
        var random = new WordSequence(1);
        for (int i = 0; i < 300_000; i++)
        {
            double x = BitConverter.UInt64BitsToDouble(random.Next64() >> 1);
            if (double.IsFinite(x))
                UlpDistance(ScalarMath.Log(x), Math.Log(x)).ShouldBeLessThanOrEqualTo(2);
        }
    }

    [Theory]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(1, 0)]
    [InlineData(-1, double.NaN)]
    [InlineData(double.NegativeInfinity, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.Epsilon, -744.44007192138126)]
    [InlineData(double.MaxValue, 709.782712893384)]
    public void Log_of_special_arguments(double x, double expected) =>
        ScalarMath.Log(x).ShouldBe(expected);

    [Fact]
    public void CosPi_is_within_two_ulp_of_a_decimal_series()
    {
        for (int k = -8192; k <= 8192; k++)
        {
            decimal exact = DecimalMath.CosPi(k / 4096m);
            UlpError(ScalarMath.CosPi(k / 4096.0), exact).ShouldBeLessThan(2);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0)]
    [InlineData(-0.5, 0)]
    [InlineData(1, -1)]
    [InlineData(1.5, 0)]
    [InlineData(2, 1)]
    [InlineData(-3, -1)]
    [InlineData(4503599627370497.0, -1)]
    [InlineData(1e300, 1)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.NaN)]
    public void CosPi_is_exact_at_multiples_of_a_half(double x, double expected) =>
        ScalarMath.CosPi(x).ShouldBe(expected);

    [Fact]
    public void CosPi_is_even_and_has_period_two() =>
        Prop.ForAll((int k) =>
        {
            double x = k / 65536.0;
            double y = ScalarMath.CosPi(x);
            return y == ScalarMath.CosPi(-x) && y == ScalarMath.CosPi(x + 2);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.9, 0, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 5, 0)]
    [InlineData(-2, 3, -8)]
    [InlineData(3, 33, 5559060566555523)]
    [InlineData(1, long.MaxValue, 1)]
    [InlineData(0.999, 1_000_000_000_000, 0)]
    public void PowerOfInteger_of_exact_cases(double x, long n, double expected) =>
        ScalarMath.PowerOfInteger(x, n).ShouldBe(expected);

    [Fact]
    public void PowerOfInteger_multiplies_in_the_stated_order()
    {
        // 13 = 1101₂: x · x⁴ · x⁸, each square rounded.
        const double X = 0.999;
        double x2 = X * X, x4 = x2 * x2, x8 = x4 * x4;
        ScalarMath.PowerOfInteger(X, 13).ShouldBe(X * x4 * x8);
    }

    [Fact]
    public void PowerOfInteger_is_near_the_platforms_power()
    {
        for (int n = 0; n <= 20_000; n += 7)
        {
            double expected = Math.Pow(0.999, n);
            ScalarMath.PowerOfInteger(0.999, n).ShouldBe(expected, expected * 1e-12);
        }
    }

    [Fact]
    public void PowerOfInteger_refuses_a_negative_exponent() =>
        Should.Throw<ArgumentOutOfRangeException>(() => ScalarMath.PowerOfInteger(2, -1));

    private static double UlpError(double actual, decimal exact)
    {
        if (exact == 0)
            return actual == 0 ? 0 : double.PositiveInfinity;

        // The difference is taken in decimal: "actual" is brought there exactly, as an integer
        // part and a fraction that have no more than 17 digits each.
        double ulp = Math.ScaleB(1, Math.ILogB((double)exact) - 52);
        decimal high = (decimal)(float)actual;
        decimal low = (decimal)(actual - (double)high);
        return (double)Math.Abs(high + low - exact) / ulp;
    }

    private static long UlpDistance(double a, double b) =>
        Math.Abs(BitConverter.DoubleToInt64Bits(a) - BitConverter.DoubleToInt64Bits(b));
}
