using System.Text.Json;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// Ten steps of tiny networks against PyTorch in binary64: each step's loss and the parameters
/// after the last. Golden/pytorch_ten_steps.py makes the numbers and says the conventions.
/// </summary>
public class PyTorchTests
{
    // Relative, of a loss. Measured: at most 3.0e-8.
    private const double LossTolerance = 1.5e-7;

    // Absolute, of parameters of at most 0.6. Measured: at most 5.6e-7, by Adam, whose first steps
    // divide a small moment by its own size.
    private const double ParameterTolerance = 2e-6;

    private const int Steps = 10;
    private const int BatchSize = 12;
    private const int Features = 6;
    private const int Classes = 4;

    private static readonly GoldenSteps Golden = JsonSerializer.Deserialize<GoldenSteps>(
        File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Golden", "pytorch_ten_steps.json")),
        JsonSerializerOptions.Web)!;

    private static Recipe Base => new()
    {
        Name = "ten steps",
        Layers = [],
        BatchSize = BatchSize,
        Microbatch = 5,
        Epochs = 1,
    };

    [Fact]
    public void Adam_with_tanh_relu_and_cross_entropy_gives_PyTorchs_numbers() => Check(
        "adam, tanh, relu, cross-entropy",
        Base with
        {
            Layers = Layers(Activation.Tanh, Activation.Relu, Activation.Softmax),
            LearningRate = 0.01,
        });

    [Fact]
    public void AdamW_with_gelu_and_binary_cross_entropy_gives_PyTorchs_numbers() => Check(
        "adamw, gelu, binary cross-entropy",
        Base with
        {
            Layers = Layers(Activation.Gelu, Activation.Gelu, Activation.Sigmoid),
            Loss = Loss.BinaryCrossEntropy,
            Optimizer = new OptimizerRecipe
            {
                Kind = OptimizerKind.AdamW,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-6,
            },
            LearningRate = 0.02,
            WeightDecay = 0.1,
        });

    [Fact]
    public void Momentum_with_l2_sigmoid_and_sse_gives_PyTorchs_numbers() => Check(
        "momentum, l2, sigmoid, sse",
        Base with
        {
            Layers = Layers(Activation.Sigmoid, Activation.Sigmoid, Activation.Sigmoid),
            Loss = Loss.Sse,
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Momentum, Momentum = 0.9 },
            LearningRate = 0.05,
            L2 = 0.05,
        });

    [Fact]
    public void Sgd_with_clipping_leaky_relu_and_class_weights_gives_PyTorchs_numbers() => Check(
        "sgd, clip-norm, leaky_relu, class weights",
        Base with
        {
            Data = new DataRecipe { ClassWeights = [1, 2.5f, 0.25f, 3] },
            Layers = Layers(Activation.LeakyRelu, Activation.LeakyRelu, Activation.Softmax),
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Sgd },
            LearningRate = 0.3,
            ClipNorm = 0.5,
        });

    private static LayerRecipe[] Layers(Activation first, Activation second, Activation last) =>
        [new(9, first), new(8, second), new(Classes, last)];

    private static void Check(string name, Recipe recipe)
    {
        GoldenCase expected = Golden.Cases.Single(c => c.Name == name);
        TrainingTask task = Tasks.Create(recipe, Data(recipe));
        var run = new TenSteps(task);
        foreach ((double loss, int step) in expected.Losses.Select((loss, step) => (loss, step)))
        {
            run.Take(step).ShouldBe(loss, LossTolerance * loss, $"loss of step {step}");
        }

        run.ClippedSteps.ShouldBe(expected.ClippedSteps);
        run.Parameters.Length.ShouldBe(expected.Parameters.Count);
        for (int i = 0; i < run.Parameters.Length; i++)
        {
            ((double)run.Parameters[i]).ShouldBe(
                expected.Parameters[i], ParameterTolerance,
                $"{task.Layout.ViewAt(i).Name}, parameter {i}");
        }
    }

    /// <summary>Sample s of the closed form is the s-th that the epoch takes.</summary>
    private static InMemoryDataset Data(Recipe recipe)
    {
        const int samples = Steps * BatchSize;
        float[] values = new float[samples * Features];
        int[] labels = new int[samples];
        var plan = new BatchPlan(samples, BatchSize, recipe.Microbatch, 1, recipe.Seed);
        for (int sample = 0; sample < samples; sample++)
        {
            long step = sample / BatchSize;
            int index = plan.SamplesOf(step, 0, plan.MicrobatchesOf(step))[sample % BatchSize];
            labels[index] = ((sample * 7) + (sample / 5)) % Classes;
            for (int f = 0; f < Features; f++)
            {
                values[(index * Features) + f] =
                    ClosedForm((sample * Features) + f, 53, 97, 64);
            }
        }

        return new InMemoryDataset("closed form", values, labels, Features, Classes);
    }

    private static float ClosedForm(int i, int multiplier, int modulus, float divisor) =>
        ((((i * multiplier) + 11) % modulus) - (modulus / 2)) / divisor;

    /// <summary>The computer and the optimizer, hand in hand over a run's first steps.</summary>
    private sealed class TenSteps
    {
        private readonly TrainingTask _task;
        private readonly GradientComputer _computer;
        private readonly SliceOptimizer _optimizer;
        private readonly float[] _gradient;

        public TenSteps(TrainingTask task)
        {
            var kernels = Kernels.For(IsaSupport.Best);
            int count = task.Layout.Count;
            _task = task;
            _computer = new GradientComputer(task, kernels);
            _optimizer = new SliceOptimizer(task, new ParameterInterval(0, count), kernels);
            _gradient = new float[count];
            Parameters = [.. Enumerable.Range(0, count).Select(i => ClosedForm(i, 37, 101, 128))];
        }

        public float[] Parameters { get; private set; }

        public int ClippedSteps { get; private set; }

        /// <summary>Takes the step and returns the mean loss before it.</summary>
        public double Take(long step)
        {
            int microbatches = _task.Batches.MicrobatchesOf(step);
            BatchMetrics metrics =
                _computer.Compute(step, 0, microbatches, Parameters, _gradient);
            var root = new NodeGradient(0, microbatches, _gradient, metrics);
            double? squareNorm = null;
            if (_task.Recipe.ClipNorm is { } limit)
            {
                double[] partials = new double[_optimizer.BlockCount];
                _optimizer.SquareNorms(step, [root], partials);
                squareNorm = SliceOptimizer.FoldSquareNorms(partials);
                ClippedSteps += Math.Sqrt(squareNorm.Value) > limit ? 1 : 0;
            }

            float[] after = new float[Parameters.Length];
            _optimizer.Apply(step, [root], squareNorm, Parameters, after).IsFinite.ShouldBeTrue();
            Parameters = after;
            return metrics.MeanLoss;
        }
    }

    private sealed record GoldenSteps(string Source, IReadOnlyList<GoldenCase> Cases);

    private sealed record GoldenCase(
        string Name, int ClippedSteps, IReadOnlyList<double> Losses,
        IReadOnlyList<double> Parameters);
}
