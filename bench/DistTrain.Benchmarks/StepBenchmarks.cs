using BenchmarkDotNet.Attributes;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks;

/// <summary>
/// One step of the quickstart recipe on generated digits, one thread, no actors: the gradient of a
/// batch of 128, gathered and scaled, then Adam. 128 samples divided by Step is the
/// samples per second that one worker could reach if messages cost nothing.
/// </summary>
public class StepBenchmarks
{
    /// <summary>In the middle of an epoch, so that the batch is full.</summary>
    private const long TrainedStep = 10;

    private TrainingTask _task = null!;
    private GradientComputer _computer = null!;
    private SliceOptimizer _optimizer = null!;
    private AlignedBuffer<float> _parameters = null!, _gradient = null!, _next = null!;
    private int _microbatches;

    [ParamsSource(nameof(VectorIsas))]
    public Isa Isa { get; set; }

    public static IEnumerable<Isa> VectorIsas =>
        IsaSupport.Available.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup()
    {
        Recipe recipe = new()
        {
            Name = "quickstart",
            Data = new DataRecipe { TrainLimit = 6_000, TestLimit = 10 },
            Layers = [new(128, Activation.Relu), new(10, Activation.Softmax)],
        };
        _task = TrainingTask.Create(
            recipe, DataLoader.Load(recipe.Data, DataFolders.FromEnvironment()));
        ParameterInterval whole = new(0, _task.Layout.Count);
        Kernels kernels = Kernels.For(Isa);
        _computer = new GradientComputer(_task, kernels);
        _optimizer = new SliceOptimizer(_task, whole, kernels);
        _parameters = new AlignedBuffer<float>(whole.Length);
        _gradient = new AlignedBuffer<float>(whole.Length);
        _next = new AlignedBuffer<float>(whole.Length);
        Initialization.Fill(recipe, _task.Layout, whole, _parameters.Span);
        _microbatches = _task.Batches.MicrobatchesOf(TrainedStep);
        Gradient();
    }

    [Benchmark]
    public BatchMetrics Gradient() => _computer.Compute(
        TrainedStep, 0, _microbatches, _parameters.Span, _gradient.Span);

    [Benchmark]
    public UpdateResult Update() => _optimizer.Apply(
        TrainedStep, [new NodeGradient(0, _microbatches, _gradient.Memory, default)],
        squareNorm: null, _parameters.Span, _next.Span);

    /// <summary>The parameters stay those of version 0, so every repetition does the same.
    /// </summary>
    [Benchmark]
    public UpdateResult Step()
    {
        BatchMetrics metrics = Gradient();
        return metrics.Samples == 0 ? default : Update();
    }
}
