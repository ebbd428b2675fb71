using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Numerics.Tests;

public sealed class DropoutTests
{
    private static readonly RandomStream Stream = new(11, RandomPurpose.Dropout);

    [Theory]
    [InlineData(0, 0u, 1f)]
    [InlineData(0.5, 0x80_0000u, 2f)]
    [InlineData(0.25, 0x40_0000u, 1.3333334f)]
    [InlineData(0.05, 838_861u, 1.0526316f)]
    public void Threshold_and_scale_follow_the_probability(double p, uint threshold, float scale)
    {
        Dropout.Threshold(p).ShouldBe(threshold);
        Dropout.Scale(p).ShouldBe(scale);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_of_0_to_1_is_refused(double p) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Dropout.Threshold(p));

    [Fact]
    public void The_decision_compares_the_upper_24_bits()
    {
        Dropout.Keep(0x80_0000_00, 0x80_0000).ShouldBeTrue();
        Dropout.Keep(0x7F_FFFF_FF, 0x80_0000).ShouldBeFalse();
        Dropout.Keep(0, 0).ShouldBeTrue();
    }

    [Fact]
    public void Every_unit_has_the_word_of_its_own_address() =>
        Prop.ForAll((byte length, uint sample, uint step) =>
        {
            int layer = length % 7;
            float[] factors = Factors(0.3, layer, sample, step, length);
            return factors.Select((factor, unit) => (factor, unit)).All(pair =>
            {
                uint word = Stream.Word((uint)pair.unit, (uint)layer, sample, step);
                bool isKept = word >> 8 >= 5_033_165;
                return pair.factor == (isKept ? 1.4285715f : 0f);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void About_the_given_share_is_dropped()
    {
        const int Units = 400_000;
        int dropped = Factors(0.05, layer: 2, sample: 3, step: 4, Units).Count(f => f == 0);

        // Five standard deviations of a binomial count.
        double deviation = Math.Sqrt(Units * 0.05 * 0.95);
        ((double)dropped).ShouldBe(Units * 0.05, 5 * deviation);
    }

    [Fact]
    public void Nothing_is_dropped_at_probability_zero() =>
        Factors(0, layer: 0, sample: 0, step: 0, 1001).ShouldAllBe(factor => factor == 1f);

    [Fact]
    public void Kept_values_are_scaled_and_dropped_ones_are_positive_zero()
    {
        foreach (int length in Enumerable.Range(0, 40))
        {
            float[] factors = Factors(0.5, layer: 1, sample: 2, step: 3, length);
            float[] values = [.. Enumerable.Range(0, length).Select(i => -1f - i)];
            float[] expected = [.. values.Zip(factors, (v, f) => f == 0 ? 0f : v * f)];
            foreach (float[] actual in AtEveryWidth(values, factors))
                actual.Select(Floats.Bits).ShouldBe(expected.Select(Floats.Bits));
        }
    }

    [Fact]
    public void A_dropped_nan_is_gone_and_a_kept_one_stays()
    {
        float[] values = [float.NaN, float.NaN, float.PositiveInfinity];
        foreach (float[] actual in AtEveryWidth(values, [0, 2, 0]))
            actual.Select(Floats.Bits).ShouldBe([0, Floats.Bits(float.NaN), 0]);
    }

    [Fact]
    public void Values_without_a_factor_each_are_refused() =>
        Should.Throw<ArgumentException>(
            () => Dropout.Apply<LanesScalar>(new float[2], new float[3]));

    private static float[] Factors(double p, int layer, uint sample, uint step, int length)
    {
        var factors = new float[length];
        Dropout.FillFactors(Stream, p, layer, sample, step, factors);
        return factors;
    }

    private static IEnumerable<float[]> AtEveryWidth(float[] values, float[] factors)
    {
        float[] v512 = [.. values], v256 = [.. values], v128 = [.. values], scalar = [.. values];
        Dropout.Apply<Lanes512>(v512, factors);
        Dropout.Apply<Lanes256>(v256, factors);
        Dropout.Apply<Lanes128>(v128, factors);
        Dropout.Apply<LanesScalar>(scalar, factors);
        return [v512, v256, v128, scalar];
    }
}
