using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class FeatureScalingTests
{
    private static readonly InMemoryDataset AllBytes = new(
        "bytes", [.. Enumerable.Range(0, 256).Select(b => (byte)b)], new int[1], 256, 1);

    private static readonly InMemoryDataset Floats = new(
        "floats", [1f, 0.1f, 5f, 2f, 0.1f, 9f], [0, 1], features: 3, classes: 2);

    [Fact]
    public void Unit_pixels_are_the_rounded_quotient()
    {
        float[] inputs = Apply(FeatureScaling.Fit(PixelScaling.Unit, AllBytes), AllBytes);
        for (int b = 0; b < 256; b++)
        {
            inputs[b].ShouldBe((float)(b / 255.0));
        }

        // b · (1 / 255) is something else for 126 bytes; this would catch it.
        inputs.Where((input, b) => input != b * (1 / 255f)).Count().ShouldBe(126);
    }

    [Fact]
    public void Binary_pixels_are_1_from_128_on()
    {
        float[] inputs = Apply(FeatureScaling.Fit(PixelScaling.Binary, AllBytes), AllBytes);
        inputs.ShouldBe([.. Enumerable.Repeat(0f, 128), .. Enumerable.Repeat(1f, 128)]);
    }

    [Fact]
    public void Binary_pixels_of_other_numbers_are_a_recipe_problem()
    {
        RecipeException e = Should.Throw<RecipeException>(
            () => FeatureScaling.Fit(PixelScaling.Binary, Floats));
        e.Problems.ShouldHaveSingleItem().Key.ShouldBe("pixels");
    }

    [Fact]
    public void Standard_pixels_have_mean_0_and_deviation_1_over_all_pixels()
    {
        FeatureScaling scaling = FeatureScaling.Fit(PixelScaling.Standard, AllBytes);
        FeatureScalingState state = scaling.ToState();
        state.Mean.ShouldBe([127.5f]);
        // Σ (b − 127.5)² / 256 = (256² − 1) / 12.
        state.Deviation.ShouldBe([(float)Math.Sqrt(65535 / 12.0)]);
        float[] inputs = Apply(scaling, AllBytes);
        ((double)inputs.Sum(x => (double)x)).ShouldBe(0, 1e-3);
        (inputs.Sum(x => (double)x * x) / 256).ShouldBe(1, 1e-5);
    }

    [Fact]
    public void Standard_numbers_are_scaled_by_feature_and_constant_ones_only_moved()
    {
        FeatureScaling scaling = FeatureScaling.Fit(PixelScaling.Standard, Floats);
        scaling.ToState().Deviation.ShouldBe([0.5f, 1f, 2f]);
        Apply(scaling, Floats).ShouldBe([-1f, 0f, -1f]);
    }

    [Fact]
    public void A_constant_feature_of_many_samples_has_deviation_1()
    {
        float[] values = [.. Enumerable.Repeat(0.1f, 10_007)];
        var set = new InMemoryDataset("constant", values, new int[values.Length], 1, 1);
        FeatureScalingState state = FeatureScaling.Fit(PixelScaling.Standard, set).ToState();
        (state.Mean[0], state.Deviation[0]).ShouldBe((0.1f, 1f));
    }

    [Fact]
    public void Unit_leaves_numbers_that_are_not_bytes_alone()
    {
        Apply(FeatureScaling.Fit(PixelScaling.Unit, Floats), Floats).ShouldBe([1f, 0.1f, 5f]);
    }

    [Fact]
    public void A_scaling_of_numbers_also_takes_bytes_but_not_the_other_way_round()
    {
        var bytes = new InMemoryDataset("bytes", [1, 2, 3], [0], 3, 1);
        FeatureScaling ofNumbers = FeatureScaling.Fit(PixelScaling.Standard, Floats);
        Apply(ofNumbers, bytes)[0].ShouldBe(-1f);
        FeatureScaling ofBytes = FeatureScaling.Fit(PixelScaling.Unit, bytes);
        Should.Throw<DataException>(() => Apply(ofBytes, Floats)).Message
            .ShouldContain("trained on pixels");
    }

    [Theory]
    [InlineData(PixelScaling.Unit)]
    [InlineData(PixelScaling.Binary)]
    [InlineData(PixelScaling.Standard)]
    public void A_scaling_from_its_state_gives_the_same_bits(PixelScaling kind)
    {
        Dataset[] sets = kind == PixelScaling.Binary ? [AllBytes] : [AllBytes, Floats];
        foreach (Dataset set in sets)
        {
            FeatureScaling scaling = FeatureScaling.Fit(kind, set);
            FeatureScaling restored = FeatureScaling.FromState(scaling.ToState());
            Apply(restored, set).ShouldBe(Apply(scaling, set));
            restored.Kind.ShouldBe(kind);
        }
    }

    [Fact]
    public void A_state_that_no_scaling_has_is_refused()
    {
        FeatureScalingState[] wrong =
        [
            new(PixelScaling.Standard, true, [], []),
            new(PixelScaling.Standard, false, [1], [1, 2]),
            new(PixelScaling.Standard, true, [1], [0]),
            new(PixelScaling.Standard, true, [float.NaN], [1]),
            new(PixelScaling.Unit, true, [1], [1]),
            new((PixelScaling)9, true, [], []),
        ];
        foreach (FeatureScalingState state in wrong)
        {
            Should.Throw<ArgumentException>(() => FeatureScaling.FromState(state));
        }
    }

    private static float[] Apply(FeatureScaling scaling, Dataset set)
    {
        float[] inputs = new float[set.Features];
        scaling.Apply(set, 0, Kernels.For(IsaSupport.Best), inputs);
        return inputs;
    }
}
