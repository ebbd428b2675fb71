using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>What is said of an update before it is made holds when it is made.</summary>
public sealed class UpdateBoundTests
{
    private const int Features = 30;
    private const int Classes = 4;
    private const int Steps = 3;

    private static readonly Kernels Arithmetic = Kernels.For(IsaSupport.Best);

    /// <summary>Layers, loss and optimizer: every activation and loss, every rule.</summary>
    public static TheoryData<string, Loss, OptimizerKind> Networks => new()
    {
        { "30-20:relu-4", Loss.CrossEntropy, OptimizerKind.Adam },
        { "30-20:gelu-9:tanh-4", Loss.CrossEntropy, OptimizerKind.AdamW },
        { "30-20:sigmoid-9:leaky_relu-4", Loss.BinaryCrossEntropy, OptimizerKind.Momentum },
        { "30-20:relu-dropout:0.8-9:gelu-dropout:0.5-4", Loss.Sse, OptimizerKind.Adam },
        { "30-20:linear-9:relu-4:softmax", Loss.Sse, OptimizerKind.Momentum },
        { "30-20:tanh-9:softmax-4", Loss.CrossEntropy, OptimizerKind.Sgd },
        { "30-4:sigmoid", Loss.Sse, OptimizerKind.Sgd },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Nothing_is_larger_than_its_bound(
        string layers, Loss loss, OptimizerKind optimizer)
    {
        int covered = 0, uncovered = 0;
        for (int exponent = 0; exponent <= 38; exponent++)
        {
            foreach (bool inputs in (bool[])[false, true])
            {
                TrainingTask task = Make(
                    layers, loss, optimizer, inputs ? MathF.Pow(10, exponent / 2f) : 1);
                var run = new BoundedRun(task, inputs ? 1 : MathF.Pow(10, exponent));
                for (int step = 0; step < Steps; step++)
                {
                    bool isCovered = run.Take(step);
                    _ = isCovered ? covered++ : uncovered++;
                    if (exponent == 0)
                    {
                        isCovered.ShouldBeTrue($"step {step} of an ordinary run");
                    }

                    if (isCovered)
                    {
                        run.ShouldBeBounded($"{exponent}, {inputs}, step {step}");
                    }
                }
            }
        }

        covered.ShouldBeGreaterThan(6 * Steps);
        uncovered.ShouldBeGreaterThan(6 * Steps, "some of them overflow");
    }

    // Where all numbers are alike nothing cancels, and a bound is what there is: of a batch of one
    // where dropout is, in a step that leaves the unit there. If the first layer's weights are
    // small the gradient of them is the largest one, else that of those above.
    [Theory]
    [InlineData("30-20-9-4", 64, 5, 0)]
    [InlineData("30-1-4", 64, 1e-3, 0)]
    [InlineData("30-1-4", 64, 5, 1e6)]
    [InlineData("30-1:linear-dropout:0.9-4", 1, 5, 0)]
    [InlineData("30-1:linear-dropout:0.9-4", 1, 1e-3, 0)]
    public void Without_cancellation_a_bound_is_reached(
        string layers, int batchSize, float firstWeights, double l2)
    {
        Recipe recipe = Tasks.Recipe(layers) with
        {
            Loss = Loss.Sse,
            BatchSize = batchSize,
            L2 = l2,
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Momentum },
            Data = new DataRecipe
            {
                Pixels = PixelScaling.Unit,
                ClassWeights = [.. Enumerable.Repeat(7f, Classes)],
            },
        };
        TrainingTask task = Tasks.Create(recipe, new InMemoryDataset(
            "even", [.. Enumerable.Repeat(3f, 64 * Features)], new int[64], Features, Classes));
        double share = 0;
        for (int step = 0; step < task.Steps.StepsPerEpoch; step++)
        {
            var run = new BoundedRun(task, parameters =>
            {
                Array.Fill(parameters, 5f);
                parameters.AsSpan(0, task.Layout.Weight(0).Length).Fill(firstWeights);
            });
            run.Take(step).ShouldBeTrue();
            run.ShouldBeBounded($"{layers}, step {step}");
            share = Math.Max(share, run.LargestFirst / run.Bound.FirstMoment);
        }

        share.ShouldBeInRange(0.6, 1);
    }

    [Fact]
    public void Moments_that_are_not_known_prove_nothing()
    {
        TrainingTask task = Make("30-20:relu-4", Loss.CrossEntropy, OptimizerKind.Adam, 1);
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, -1e-3f])
        {
            var run = new BoundedRun(task, 1f);
            float[] second = new float[task.Layout.Count];
            second[^1] = bad;
            run.Bound.LoadMoments(new float[second.Length], second, Arithmetic);
            run.Take(0).ShouldBeFalse($"a second moment of {bad}");
            run.Take(1).ShouldBeFalse("they stay so");
            second[^1] = 0;
            run.Bound.LoadMoments(new float[second.Length], second, Arithmetic);
            run.Take(2).ShouldBeTrue("until others are loaded");
        }

        var spoilt = new BoundedRun(task, 1f);
        spoilt.Bound.SpoilMoments();
        spoilt.Take(0).ShouldBeFalse();
    }

    [Fact]
    public void Large_moments_are_counted()
    {
        TrainingTask task = Make("30-20:relu-4", Loss.CrossEntropy, OptimizerKind.Momentum, 1);
        var run = new BoundedRun(task, 1f);
        run.Bound.LoadMoments([0, -1e36f], [], Arithmetic);
        run.Take(0).ShouldBeTrue();
        run.Bound.FirstMoment.ShouldBeGreaterThan(0.89e36);
        run.Bound.LoadMoments([0, -3e38f], [], Arithmetic);
        for (int step = 0; step < 64; step++)
        {
            run.Take(step).ShouldBeFalse("what may have overflowed does not decay");
        }
    }

    private static TrainingTask Make(
        string layers, Loss loss, OptimizerKind optimizer, float inputSize)
    {
        Recipe recipe = Tasks.Recipe(layers) with
        {
            Loss = loss,
            BatchSize = 16,
            L2 = 0.01,
            WeightDecay = optimizer == OptimizerKind.AdamW ? 0.1 : 0,
            Optimizer = new OptimizerRecipe { Kind = optimizer },
            Data = new DataRecipe
            {
                Pixels = PixelScaling.Unit,
                ClassWeights = [1, 3, 0.1f, 2],
            },
        };
        var random = new Random(1);
        float[] numbers = Tasks.Numbers(random, 64 * Features, inputSize);
        int[] labels = [.. Enumerable.Range(0, 64).Select(_ => random.Next(Classes))];
        return Tasks.Create(
            recipe, new InMemoryDataset("random", numbers, labels, Features, Classes));
    }

    /// <summary>Steps as one thread takes them, each with its bound before.</summary>
    private sealed class BoundedRun
    {
        private readonly TrainingTask _task;
        private readonly GradientComputer _computer;
        private readonly SliceOptimizer _optimizer;
        private readonly float _largestInput;
        private float[] _parameters;
        private float[] _next;
        private UpdateResult _result;

        public BoundedRun(TrainingTask task, float size)
            : this(task, parameters =>
            {
                foreach (ref float parameter in parameters.AsSpan())
                {
                    parameter *= size;
                }
            })
        {
        }

        public BoundedRun(TrainingTask task, Action<float[]> change)
        {
            _task = task;
            _computer = new GradientComputer(task, Arithmetic, skipsZeros: false);
            _optimizer = new SliceOptimizer(
                task, new ParameterInterval(0, task.Layout.Count), Arithmetic);
            _parameters = Tasks.InitialParameters(task);
            change(_parameters);
            _next = new float[_parameters.Length];
            float[] sample = new float[Features];
            for (int i = 0; i < task.Data.Training.Count; i++)
            {
                task.Data.Scaling.Apply(task.Data.Training, i, Arithmetic, sample);
                _largestInput = Math.Max(_largestInput, sample.Max(MathF.Abs));
            }

            Bound = new UpdateBound(task);
        }

        public UpdateBound Bound { get; }

        public double LargestFirst => Largest(_optimizer.FirstMoment.Span);

        public bool Take(long step)
        {
            for (int i = 0; i < _task.Layout.Views.Count; i++)
            {
                ParameterView view = _task.Layout.Views[i];
                Bound.Parameters[i] = Largest(_parameters.AsSpan(view.Offset, view.Length));
            }

            bool isCovered = Bound.Covers(
                _task.Steps.ConstantsOf(step, squareNorm: null), _task.Batches.SamplesOf(step),
                _largestInput);
            float[] gradient = new float[_parameters.Length];
            int leaves = _task.Steps.LeavesOf(step);
            BatchMetrics metrics = _computer.Compute(step, 0, leaves, _parameters, gradient);
            _result = _optimizer.Apply(
                step, [new NodeGradient(0, leaves, gradient, metrics)], null, _parameters, _next);
            (_parameters, _next) = (_next, _parameters);
            return isCovered;
        }

        public void ShouldBeBounded(string what)
        {
            _result.NotFinite.ShouldBeNull(what);
            _parameters.All(float.IsFinite).ShouldBeTrue(what);
            LargestFirst.ShouldBeLessThanOrEqualTo(Bound.FirstMoment, what);
            Largest(_optimizer.SecondMoment.Span)
                .ShouldBeLessThanOrEqualTo(Bound.SecondMoment, what);
        }

        private static double Largest(ReadOnlySpan<float> numbers)
        {
            double largest = 0;
            foreach (float number in numbers)
            {
                largest = Math.Max(largest, Math.Abs(number));
            }

            return largest;
        }
    }
}
