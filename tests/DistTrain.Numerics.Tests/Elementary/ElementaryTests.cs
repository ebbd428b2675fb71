namespace DistTrain.Numerics.Tests;

public sealed class ElementaryTests
{
    private const double AllowedUlp = 2;

    /// <summary>A prime, so that the sample meets every exponent and all low bits.</summary>
    private const uint Stride = 997;

    private const int BlockSize = 1 << 14;

    public static TheoryData<string> Names => [.. ElementaryFunction.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_within_two_ulp_over_a_dense_sample_of_all_floats(string name)
    {
        ElementaryFunction function = ElementaryFunction.Named(name);
        var x = new float[BlockSize];
        ulong pattern = 0;
        while (pattern <= uint.MaxValue)
        {
            int count = 0;
            for (; count < BlockSize && pattern <= uint.MaxValue; pattern += Stride)
                x[count++] = Floats.FromBits((uint)pattern);
            CheckAccuracy(function, x.AsSpan(0, count));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_within_two_ulp_at_every_float_near_a_threshold(string name)
    {
        ElementaryFunction function = ElementaryFunction.Named(name);
        foreach (float threshold in function.Thresholds)
            CheckAccuracy(function, Neighbours(threshold, 4096));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_vector_width_gives_the_same_bits(string name)
    {
        ElementaryFunction function = ElementaryFunction.Named(name);
        float[] x = [.. SparseSample(), .. function.Thresholds.SelectMany(t => Neighbours(t, 64))];
        float[] expected = new float[x.Length], actual = new float[x.Length];
        function.Evaluate(Isa.Scalar, x, expected);
        foreach (Isa isa in IsaSupport.Available)
        {
            function.Evaluate(isa, x, actual);
            for (int i = 0; i < x.Length; i++)
            {
                float scalar = expected[i];
                if (Floats.Bits(actual[i]) != Floats.Bits(scalar))
                    Assert.Fail($"{name}({x[i]:R}): {actual[i]:R} on {isa}, scalar {scalar:R}");
            }
        }
    }

    [Theory]
    [InlineData("exp", 0f, 1f)]
    [InlineData("exp", float.NegativeInfinity, 0f)]
    [InlineData("exp", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("exp", -103.28f, float.Epsilon)]
    [InlineData("log", 1f, 0f)]
    [InlineData("log", 0f, float.NegativeInfinity)]
    [InlineData("log", -float.Epsilon, float.NaN)]
    [InlineData("log", float.NegativeInfinity, float.NaN)]
    [InlineData("log", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("tanh", -0f, -0f)]
    [InlineData("tanh", -float.Epsilon, -float.Epsilon)]
    [InlineData("tanh", float.NegativeInfinity, -1f)]
    [InlineData("tanh", float.MaxValue, 1f)]
    [InlineData("sigmoid", 0f, 0.5f)]
    [InlineData("sigmoid", float.NegativeInfinity, 0f)]
    [InlineData("sigmoid", float.PositiveInfinity, 1f)]
    [InlineData("sigmoid", -103.28f, float.Epsilon)]
    [InlineData("softplus", float.NegativeInfinity, 0f)]
    [InlineData("softplus", float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData("softplus", -103.28f, float.Epsilon)]
    [InlineData("softplus", float.MaxValue, float.MaxValue)]
    [InlineData("erf", -0f, -0f)]
    [InlineData("erf", float.NegativeInfinity, -1f)]
    [InlineData("erf", float.MaxValue, 1f)]
    [InlineData("exp", float.NaN, float.NaN)]
    [InlineData("log", float.NaN, float.NaN)]
    [InlineData("tanh", float.NaN, float.NaN)]
    [InlineData("sigmoid", float.NaN, float.NaN)]
    [InlineData("softplus", float.NaN, float.NaN)]
    [InlineData("erf", float.NaN, float.NaN)]
    public void Special_arguments_have_their_exact_results(string name, float x, float expected) =>
        Floats.Bits(ElementaryFunction.Named(name).Evaluate(x)).ShouldBe(Floats.Bits(expected));

    [Theory]
    [InlineData("exp", 1f)]
    [InlineData("log", float.NegativeInfinity)]
    [InlineData("sigmoid", 0.5f)]
    public void Negative_zero_is_taken_as_zero(string name, float expected) =>
        ElementaryFunction.Named(name).Evaluate(-0f).ShouldBe(expected);

    [Theory]
    [InlineData("tanh")]
    [InlineData("erf")]
    public void Odd_functions_are_odd_to_the_bit(string name)
    {
        ElementaryFunction function = ElementaryFunction.Named(name);
        foreach (float x in SparseSample().Where(x => !float.IsNaN(x)))
            Floats.Bits(function.Evaluate(-x)).ShouldBe(Floats.Bits(-function.Evaluate(x)));
    }

    private static void CheckAccuracy(ElementaryFunction function, ReadOnlySpan<float> x)
    {
        var y = new float[x.Length];
        function.Evaluate(IsaSupport.Best, x, y);
        for (int i = 0; i < x.Length; i++)
        {
            double exact = function.Reference(x[i]);
            double error = Floats.UlpError(y[i], exact);
            if (error > AllowedUlp)
            {
                Assert.Fail(
                    $"{function.Name}({x[i]:R}) gave {y[i]:R}, {error:F3} ULP off {exact:R}");
            }
        }
    }

    private static IEnumerable<float> SparseSample()
    {
        for (ulong pattern = 0; pattern <= uint.MaxValue; pattern += 65_521)
            yield return Floats.FromBits((uint)pattern);
    }

    /// <summary>The floats up to <paramref name="reach"/> patterns either side, none of which
    /// passes zero.</summary>
    private static float[] Neighbours(float center, int reach)
    {
        uint bits = BitConverter.SingleToUInt32Bits(center);
        uint magnitude = bits & 0x7FFF_FFFF, sign = bits & 0x8000_0000;
        uint first = magnitude - Math.Min(magnitude, (uint)reach);
        return [.. Enumerable.Range(0, (2 * reach) + 1).Select(
            i => Floats.FromBits(sign | Math.Min(first + (uint)i, 0x7F80_0000)))];
    }
}
