using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DistTrain.Numerics.Tests;

public sealed class SoftwareFmaTests
{
    private static readonly float[] Special =
    [
        0f, float.Epsilon, 3 * float.Epsilon, 5.877471754e-39f, 1.1754942e-38f, 1.17549435e-38f,
        1.1754945e-38f, 1e-20f, 5.9604645e-8f, 0.49999997f, 0.5f, 0.99999994f, 1f, 1.0000001f, 1.5f,
        3f, 16777215f, 16777216f, 1e20f, 1.8446742e19f, 1.8446744e19f, 1.7014118e38f, 3.4028233e38f,
        float.MaxValue, float.PositiveInfinity, float.NaN,
    ];

    [Fact]
    public void All_triples_of_special_values_are_exact()
    {
        float[] values = [.. Special, .. Special.Select(value => -value)];
        foreach (float a in values)
        {
            foreach (float b in values)
            {
                foreach (float c in values)
                    Check(a, b, c);
            }
        }
    }

    [Fact]
    public void Random_bit_patterns_are_exact()
    {
        var random = new WordSequence(1);
        for (int i = 0; i < 200_000; i++)
            Check(random.NextPattern(), random.NextPattern(), random.NextPattern());
    }

    [Fact]
    public void Cancelling_sums_are_exact()
    {
        var random = new WordSequence(2);
        for (int i = 0; i < 100_000; i++)
        {
            float a = random.NextNear(0), b = random.NextNear(i % 40);
            float nearProduct = -(a * b);
            Check(a, b, nearProduct);
            Check(a, b, MathF.BitIncrement(nearProduct));
            Check(a, b, MathF.BitDecrement(nearProduct));
        }
    }

    [Fact]
    public void Sums_near_the_middle_of_two_floats_are_rounded_once()
    {
        // c + half an ULP of c, as a product that is exact or off by one part in 2²³ or 2⁴⁶.
        var random = new WordSequence(3);
        for (int i = 0; i < 50_000; i++)
        {
            float c = random.NextNear((i % 252) - 126);
            float scaledHalfUlp = MathF.ScaleB(1, MathF.ILogB(c) - 24 + 20);
            foreach (float b in new[] { 1f, MathF.BitIncrement(1f), MathF.BitDecrement(1f) })
            {
                Check(scaledHalfUlp * b, MathF.ScaleB(b, -20), c);
                Check(-scaledHalfUlp, MathF.ScaleB(b, -20), c);
            }
        }
    }

    [Fact]
    public void Denormal_sums_a_hair_from_the_middle_are_rounded_once()
    {
        // Half of the smallest denormal, less i² parts in 2⁴⁶: under the last bit that binary64
        // keeps of the sum for small i, about one or a few such bits for larger ones.
        const float Part = 1f / (1 << 23);
        uint[] addends = [1, 2, 0x3FFF, 0x4000, 0x3F_FFFF, 0x7F_FFFE, 0x7F_FFFF];
        foreach (uint bits in addends)
        {
            float c = Floats.FromBits(bits);
            for (int i = 0; i <= 2000; i++)
            {
                float a = MathF.ScaleB(1 + (i * Part), -130), b = MathF.ScaleB(1 - (i * Part), -20);
                Check(a, b, c);
                Check(-a, b, c);
                Check(a, b, -c);
                Check(-a, b, -c);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-100)]
    [InlineData(-135)]
    [InlineData(-149)]
    public void A_product_in_the_middle_is_tipped_by_the_smallest_addend(int exponent)
    {
        // A 13-bit times a 12-bit number has 24 or 25 bits: often exactly half-way between floats,
        // where the nearest binary64 to the sum hides on which side c pushes it.
        var random = new WordSequence(4);
        for (int i = 0; i < 50_000; i++)
        {
            float a = MathF.ScaleB(4096 + (random.Next() % 4096) | 1, exponent / 2);
            float b = MathF.ScaleB(2048 + (random.Next() % 2048) | 1, exponent - (exponent / 2));
            foreach (float c in new[] { float.Epsilon, -float.Epsilon, 0f, 1e-38f, -1e-38f })
                Check(a, b, c);
        }
    }

    [SkippableFact]
    public void Agrees_with_the_hardware_on_two_million_random_triples()
    {
        Skip.IfNot(Fma.IsSupported || AdvSimd.IsSupported, "This machine has no hardware FMA.");
        var random = new WordSequence(5);
        for (int i = 0; i < 1_000_000; i++)
        {
            float a = random.NextPattern(), b = random.NextPattern(), c = random.NextPattern();
            CheckAgainst(MathF.FusedMultiplyAdd(a, b, c), a, b, c);
            float d = random.NextNear(i % 60), e = random.NextNear(0), f = random.NextNear(i % 50);
            CheckAgainst(MathF.FusedMultiplyAdd(d, e, f), d, e, f);
        }
    }

    private static void Check(float a, float b, float c) =>
        CheckAgainst(ExactFma.MultiplyAdd(a, b, c), a, b, c);

    private static void CheckAgainst(float expected, float a, float b, float c)
    {
        float actual = SoftwareFma.MultiplyAdd(a, b, c);
        if (Floats.Bits(actual) != Floats.Bits(expected))
            Assert.Fail($"fma({a:R}, {b:R}, {c:R}) gave {actual:R}, not {expected:R}");
    }
}
