namespace DistTrain.Learning.Tests;

public class InitializationTests
{
    // 120,000 weights: a deviation measured on them is true to about 0.2 %.
    private const int FanIn = 400;
    private const int FanOut = 300;

    private static readonly Recipe ThreeLayers =
        Tasks.Recipe("90-120:relu-64:tanh-10:softmax");

    [Theory]
    [InlineData(Initializer.GlorotUniform, 6.0 / (FanIn + FanOut))]
    [InlineData(Initializer.HeUniform, 6.0 / FanIn)]
    [InlineData(Initializer.LecunUniform, 3.0 / FanIn)]
    public void Uniform_weights_fill_their_interval_and_stay_in_it(
        Initializer initializer, double squareLimit)
    {
        double limit = Math.Sqrt(squareLimit);
        float[] weights = WeightsOf(initializer);
        ((double)weights.Max()).ShouldBeInRange(0.9998 * limit, limit);
        ((double)weights.Min()).ShouldBeInRange(-limit, -0.9998 * limit);
        Deviation(weights).ShouldBe(limit / Math.Sqrt(3), 0.01 * limit);
        ((double)weights.Average()).ShouldBe(0, 0.01 * limit);
    }

    [Theory]
    [InlineData(Initializer.GlorotNormal, 2.0 / (FanIn + FanOut))]
    [InlineData(Initializer.HeNormal, 2.0 / FanIn)]
    [InlineData(Initializer.LecunNormal, 1.0 / FanIn)]
    public void Normal_weights_have_their_deviation_and_end_at_two_of_the_uncut_ones(
        Initializer initializer, double variance)
    {
        double deviation = Math.Sqrt(variance);
        float[] weights = WeightsOf(initializer);
        Deviation(weights).ShouldBe(deviation, 0.01 * deviation);
        ((double)weights.Average()).ShouldBe(0, 0.01 * deviation);
        double end = 2 * deviation / 0.87962566;
        ((double)weights.Max()).ShouldBeInRange(0.999 * end, end);
        ((double)weights.Min()).ShouldBeInRange(-end, -0.999 * end);

        // A normal, not a uniform: erf(0.8796… / √2) / erf(√2).
        double withinOne = weights.Count(w => Math.Abs(w) < deviation) / (double)weights.Length;
        withinOne.ShouldBe(0.6505, 0.005);
    }

    [Fact]
    public void Zeros_are_zeros() => WeightsOf(Initializer.Zeros).ShouldAllBe(w => w == 0);

    [Fact]
    public void Biases_begin_at_zero_and_weights_do_not()
    {
        TrainingTask task = ThreeLayerTask(1);
        float[] parameters = Tasks.InitialParameters(task);
        foreach (ParameterView view in task.Layout.Views)
        {
            float[] part = parameters[view.Offset..(view.Offset + view.Length)];
            part.Count(p => p != 0).ShouldBe(view.IsWeight ? view.Length : 0, view.Name);
        }
    }

    [Fact]
    public void Any_interval_is_that_part_of_the_whole()
    {
        TrainingTask task = ThreeLayerTask(1);
        float[] whole = Tasks.InitialParameters(task);
        (int Start, int End)[] odd =
            [(0, 1), (1, 7), (10_798, 10_803), (10_800, 10_920), (10_921, whole.Length)];
        ParameterInterval[] intervals =
        [
            .. ParameterInterval.Cut(whole.Length, 3),
            .. odd.Select(part => new ParameterInterval(part.Start, part.End - part.Start)),
        ];
        foreach (ParameterInterval interval in intervals)
        {
            float[] part = Tasks.Numbers(new Random(1), interval.Length, 1);
            Initialization.Fill(task.Recipe, task.Layout, interval, part);
            part.ShouldHaveTheBitsOf(whole[interval.Start..interval.End], $"{interval}");
        }
    }

    [Fact]
    public void Weights_are_a_function_of_the_seed_and_differ_between_seeds_and_layers()
    {
        Recipe square = Tasks.Recipe("50-50:relu-50:softmax") with { BatchSize = 10 };
        TrainingTask task = Tasks.Create(square, Tasks.RandomSet(1, 10, 50, 50));
        float[] parameters = Tasks.InitialParameters(task);
        int layer = 50 * 51;
        parameters[..2500].Zip(parameters[layer..(layer + 2500)])
            .Count(pair => pair.First == pair.Second).ShouldBeLessThan(5);

        float[] one = Tasks.InitialParameters(ThreeLayerTask(1));
        Tasks.InitialParameters(ThreeLayerTask(1)).ShouldHaveTheBitsOf(one, "the same seed");
        one.Zip(Tasks.InitialParameters(ThreeLayerTask(2)))
            .Count(pair => pair.First != 0 && pair.First == pair.Second).ShouldBeLessThan(20);
    }

    private static TrainingTask ThreeLayerTask(ulong seed) => Tasks.Create(
        ThreeLayers with { Seed = seed, BatchSize = 10 }, Tasks.RandomSet(1, 10, 90, 10));

    private static float[] WeightsOf(Initializer initializer)
    {
        LayerRecipe[] layers = [new(FanOut, Init: initializer)];
        Recipe recipe = Tasks.Recipe("400-300") with { Layers = layers };
        var layout = ParameterLayout.For(layers, FanIn);
        float[] weights = new float[FanIn * FanOut];
        Initialization.Fill(recipe, layout, new ParameterInterval(0, weights.Length), weights);
        return weights;
    }

    private static double Deviation(float[] numbers) =>
        Math.Sqrt(numbers.Average(x => (double)x * x));
}
