namespace DistTrain.Numerics.Tests;

/// <summary>
/// Series in 28 decimal digits, for arguments that decimal holds exactly: the oracle of
/// <see cref="ScalarMath"/>, with twelve digits to spare.
/// </summary>
internal static class DecimalMath
{
    private const decimal Pi = 3.1415926535897932384626433833m;
    private const decimal Ln2 = 0.6931471805599453094172321215m;

    public static decimal Log(decimal x)
    {
        int exponent = 0;
        for (; x > 4m / 3; exponent++)
            x /= 2;
        for (; x < 2m / 3; exponent--)
            x *= 2;

        decimal s = (x - 1) / (x + 1), power = s, sum = 0;
        for (int n = 1; power != 0 && n < 100; n += 2, power *= s * s)
            sum += power / n;
        return (exponent * Ln2) + (2 * sum);
    }

    public static decimal CosPi(decimal x)
    {
        decimal turn = Math.Abs(x) % 2;
        if (turn > 1)
            turn = 2 - turn;
        return turn > 0.5m ? -SinPi(turn - 0.5m) : SinPi(0.5m - turn);
    }

    /// <summary>sin πy for 0 ≤ y ≤ ½ by its Taylor series.</summary>
    private static decimal SinPi(decimal y)
    {
        decimal angle = Pi * y, term = angle, sum = 0;
        for (int n = 1; term != 0 && n < 60; n += 2)
        {
            sum += term;
            term *= -angle * angle / ((n + 1) * (n + 2));
        }

        return sum;
    }
}
