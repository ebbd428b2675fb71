using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// The gradient of a batch in binary32 against central differences of an independent network in
/// binary64, for every activation and loss.
/// </summary>
public class GradientTests
{
    // Largest difference in a weight or bias, in parts of the largest number there. Measured: at
    // most 7.3e-7 over all cases.
    private const double Tolerance = 2e-6;

    // Of the loss, relative. Measured: at most 2.7e-7.
    private const double LossTolerance = 1e-6;

    // Difference quotients are off by h²/6 · f‴ and by rounding / h: both near 1e-10.
    private const double Difference = 1e-5;

    // Differences must not step over the kink of a relu.
    private const double KinkDistance = 20 * Difference;

    private const int Features = 6;
    private const int Classes = 5;

    // 31 samples by 13: the second epoch's second step is full and its third has 5 samples.
    private const int Samples = 31;
    private const int BatchSize = 13;
    private const long FullStep = 4;
    private const long ShortStep = 5;

    private static readonly Activation[] Activations = Enum.GetValues<Activation>();

    /// <summary>Hidden activation, output activation, loss.</summary>
    public static TheoryData<Activation, Activation, Loss> Networks
    {
        get
        {
            var networks = new TheoryData<Activation, Activation, Loss>();
            foreach (Activation hidden in Activations)
            {
                networks.Add(hidden, Activation.Softmax, Loss.CrossEntropy);
                networks.Add(hidden, Activation.Sigmoid, Loss.BinaryCrossEntropy);
                foreach (Activation output in Activations)
                {
                    networks.Add(hidden, output, Loss.Sse);
                }
            }

            return networks;
        }
    }

    public static TheoryData<Activation, Activation, Loss> OneNetworkForEachLoss => new()
    {
        { Activation.Gelu, Activation.Softmax, Loss.CrossEntropy },
        { Activation.Tanh, Activation.Sigmoid, Loss.BinaryCrossEntropy },
        { Activation.LeakyRelu, Activation.Linear, Loss.Sse },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_gradient_is_the_slope_of_the_loss(
        Activation hidden, Activation output, Loss loss) =>
        Check(NetworkOf(hidden, output, loss), FullStep);

    [Theory]
    [MemberData(nameof(OneNetworkForEachLoss))]
    public void A_gradient_through_dropout_is_the_slope_under_the_same_mask(
        Activation hidden, Activation output, Loss loss) =>
        Check(WithDropout(NetworkOf(hidden, output, loss)), FullStep);

    [Theory]
    [MemberData(nameof(OneNetworkForEachLoss))]
    public void Class_weights_multiply_the_loss_of_each_sample(
        Activation hidden, Activation output, Loss loss) =>
        Check(WithClassWeights(NetworkOf(hidden, output, loss)), FullStep);

    [Theory]
    [MemberData(nameof(OneNetworkForEachLoss))]
    public void A_short_last_batch_with_everything_at_once_is_right_too(
        Activation hidden, Activation output, Loss loss) =>
        Check(WithDropout(WithClassWeights(NetworkOf(hidden, output, loss))), ShortStep);

    // 13 samples by 4: the last microbatch has one.
    private static Recipe NetworkOf(Activation hidden, Activation output, Loss loss) => new()
    {
        Name = "gradient",
        Layers = [new(7, hidden), new(9, hidden), new(Classes, output)],
        Loss = loss,
        BatchSize = BatchSize,
        Microbatch = 4,
    };

    private static Recipe WithDropout(Recipe recipe) => recipe with
    {
        Layers =
        [
            recipe.Layers[0] with { Dropout = 0.3 }, recipe.Layers[1] with { Dropout = 0.45 },
            recipe.Layers[2],
        ],
    };

    private static Recipe WithClassWeights(Recipe recipe) => recipe with
    {
        Data = recipe.Data with { ClassWeights = [1, 2.5f, 0.25f, 0, 3] },
    };

    private static void Check(Recipe recipe, long step)
    {
        InMemoryDataset data = Tasks.RandomSet(3, Samples, Features, Classes);
        TrainingTask task = Tasks.Create(recipe, data);
        float[] parameters = ParametersClearOfKinks(task, step, out double expectedLoss);
        float[] gradient = new float[parameters.Length];
        BatchMetrics metrics = new GradientComputer(task, Kernels.For(IsaSupport.Best))
            .Compute(step, 0, task.Batches.MicrobatchesOf(step), parameters, gradient);
        metrics.Samples.ShouldBe(task.Batches.SamplesOf(step));
        metrics.LossSum.ShouldBe(expectedLoss, LossTolerance * expectedLoss);

        double[] slopes = Slopes(task, step, parameters);
        foreach (ParameterView view in task.Layout.Views)
        {
            double largest = slopes.Skip(view.Offset).Take(view.Length).Max(Math.Abs);
            largest.ShouldBeGreaterThan(1e-6, $"{view.Name} has nothing to compare");
            for (int i = view.Offset; i < view.Offset + view.Length; i++)
            {
                ((double)gradient[i]).ShouldBe(
                    slopes[i], Tolerance * largest, $"{view.Name}[{i - view.Offset}]");
            }
        }
    }

    /// <summary>Random parameters, drawn again until no logit is near the kink of a relu.</summary>
    private static float[] ParametersClearOfKinks(TrainingTask task, long step, out double loss)
    {
        for (int seed = 1; ; seed++)
        {
            float[] parameters = Tasks.Numbers(new Random(seed), task.Layout.Count, 1.2);
            var network = new Binary64Network(task.Recipe, Features);
            loss = LossOf(network, task, step, Array.ConvertAll(parameters, p => (double)p));
            if (network.NearestKink > KinkDistance)
            {
                return parameters;
            }
        }
    }

    private static double[] Slopes(TrainingTask task, long step, float[] at)
    {
        double[] parameters = Array.ConvertAll(at, p => (double)p);
        double[] slopes = new double[at.Length];
        var network = new Binary64Network(task.Recipe, Features);
        for (int i = 0; i < slopes.Length; i++)
        {
            double middle = parameters[i];
            parameters[i] = middle + Difference;
            double right = LossOf(network, task, step, parameters);
            parameters[i] = middle - Difference;
            double left = LossOf(network, task, step, parameters);
            parameters[i] = middle;
            slopes[i] = (right - left) / (2 * Difference);
        }

        return slopes;
    }

    private static double LossOf(
        Binary64Network network, TrainingTask task, long step, double[] parameters)
    {
        double loss = 0;
        foreach (int index in task.Batches.SamplesOf(step, 0, task.Batches.MicrobatchesOf(step)))
        {
            float[] sample = new float[Features];
            task.Data.Training.ReadFloats(index, sample);
            loss += network.Loss(
                parameters, Array.ConvertAll(sample, x => (double)x),
                task.Data.Training.Label(index), Factors(task.Recipe, index, step));
        }

        return loss;
    }

    private static double[]?[] Factors(Recipe recipe, int sample, long step)
    {
        var stream = new RandomStream(recipe.Seed, RandomPurpose.Dropout);
        double[]?[] factors = new double[]?[recipe.Layers.Count];
        for (int layer = 0; layer < factors.Length; layer++)
        {
            if (recipe.Layers[layer].Dropout > 0)
            {
                float[] row = new float[recipe.Layers[layer].Units];
                Dropout.FillFactors(
                    stream, recipe.Layers[layer].Dropout, layer, (uint)sample, (uint)step, row);
                factors[layer] = Array.ConvertAll(row, x => (double)x);
            }
        }

        return factors;
    }
}
