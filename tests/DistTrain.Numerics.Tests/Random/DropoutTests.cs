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

    [Theory]
    [InlineData(3f, 2f, 6f)]
    [InlineData(-3f, 2f, -6f)]
    [InlineData(3f, 0f, 0f)]
    [InlineData(-3f, 0f, 0f)]
    [InlineData(float.NaN, 2f, float.NaN)]
    [InlineData(float.NaN, 0f, 0f)]
    [InlineData(float.NegativeInfinity, 0f, 0f)]
    public void Kept_values_are_scaled_and_dropped_ones_are_positive_zero(
        float value, float factor, float expected)
    {
        Floats.Bits(Apply<Lanes512>(value, factor)).ShouldBe(Floats.Bits(expected));
        Floats.Bits(Apply<Lanes256>(value, factor)).ShouldBe(Floats.Bits(expected));
        Floats.Bits(Apply<Lanes128>(value, factor)).ShouldBe(Floats.Bits(expected));
        Floats.Bits(Apply<LanesScalar>(value, factor)).ShouldBe(Floats.Bits(expected));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(60)]
    public void Factors_of_some_units_are_those_of_all(int firstUnit)
    {
        float[] all = Factors(0.3, layer: 1, sample: 5, step: 7, length: 101);
        float[] some = new float[101 - firstUnit];
        Dropout.FillFactors(Stream, 0.3, 1, 5, 7, some, firstUnit);
        some.ShouldBe(all[firstUnit..]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void Units_that_begin_within_a_block_of_words_are_refused(int firstUnit) =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => Dropout.FillFactors(Stream, 0.3, 1, 5, 7, new float[8], firstUnit));

    private static float[] Factors(double p, int layer, uint sample, uint step, int length)
    {
        var factors = new float[length];
        Dropout.FillFactors(Stream, p, layer, sample, step, factors);
        return factors;
    }

    private static unsafe float Apply<V>(float value, float factor)
        where V : struct, ILanes<V>
    {
        float* result = stackalloc float[V.Count];
        V.Store(result, Dropout.Apply(V.Broadcast(value), V.Broadcast(factor)));
        return result[V.Count - 1];
    }
}
