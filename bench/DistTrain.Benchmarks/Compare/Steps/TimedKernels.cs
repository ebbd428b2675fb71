using System.Diagnostics;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>The kernels of one thread of a team, and the time that each part of a step takes in
/// them: where the step stands, with the caches as the parts before have left them.</summary>
internal sealed class TimedKernels(Kernels kernels) : Kernels
{
    private readonly long[] _ticks = new long[Enum.GetValues<StepPart>().Length];
    private long _gatherBegan;
    private int _steps;

    public override Isa Isa => kernels.Isa;

    /// <summary>Forgets what was timed so far.</summary>
    public void Reset()
    {
        Array.Clear(_ticks);
        _steps = 0;
    }

    /// <summary>Microseconds a step, over the steps since the last reset.</summary>
    public double Of(StepPart part) =>
        _ticks[(int)part] * 1e6 / Stopwatch.Frequency / _steps;

    public override void Multiply(ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z) =>
        kernels.Multiply(x, w, z);

    public override void InputGradient(ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.InputGradient(dz, w, dx);
        Add(StepPart.InputGradient, start);
    }

    public override void InputGradient(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in LayerOutput below)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.InputGradient(dz, w, dx, below);
        Add(StepPart.InputGradient, start);
    }

    public override void WeightGradient(
        ReadOnlyMatrix x, ReadOnlyMatrix dz, Matrix dw, int microbatch,
        NonzeroMap? nonzeros = null)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.WeightGradient(x, dz, dw, microbatch, nonzeros);
        Add(StepPart.WeightGradient, start);
    }

    public override void BiasGradient(ReadOnlyMatrix dz, Span<float> db, int microbatch)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.BiasGradient(dz, db, microbatch);
        Add(StepPart.WeightGradient, start);
    }

    public override void Forward(
        ReadOnlyMatrix x, ReadOnlyMatrix w, ReadOnlySpan<float> bias, in LayerOutput output,
        NonzeroMap? nonzeros = null)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.Forward(x, w, bias, output, nonzeros);
        Add(StepPart.Forward, start);
    }

    /// <summary>Ends a gathering, which begins with its first row; each step has one.</summary>
    public override void MapNonzeros(ReadOnlyMatrix x, NonzeroMap map)
    {
        kernels.MapNonzeros(x, map);
        Add(StepPart.Gather, _gatherBegan);
        _gatherBegan = 0;
        _steps++;
    }

    public override void ScalePixels(
        ReadOnlySpan<byte> pixels, in PixelScale scale, Span<float> inputs)
    {
        _gatherBegan = _gatherBegan == 0 ? Stopwatch.GetTimestamp() : _gatherBegan;
        kernels.ScalePixels(pixels, scale, inputs);
    }

    public override void ActivateBackward(
        ElementwiseActivation activation, Matrix gradient, ReadOnlyMatrix z, ReadOnlyMatrix y)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.ActivateBackward(activation, gradient, z, y);
        Add(StepPart.Loss, start);
    }

    public override void Softmax(ReadOnlyMatrix z, Matrix y)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.Softmax(z, y);
        Add(StepPart.Loss, start);
    }

    public override void SoftmaxBackward(Matrix gradient, ReadOnlyMatrix y)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.SoftmaxBackward(gradient, y);
        Add(StepPart.Loss, start);
    }

    public override void SoftmaxCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.SoftmaxCrossEntropy(z, labels, weights, y, losses, dz);
        Add(StepPart.Loss, start);
    }

    public override void SigmoidCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.SigmoidCrossEntropy(z, labels, weights, y, losses, dz);
        Add(StepPart.Loss, start);
    }

    public override void SquaredError(
        ReadOnlyMatrix y, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights,
        Span<float> losses, Matrix dy)
    {
        long start = Stopwatch.GetTimestamp();
        kernels.SquaredError(y, labels, weights, losses, dy);
        Add(StepPart.Loss, start);
    }

    public override void DropOut(ReadOnlyMatrix x, ReadOnlyMatrix factors, Matrix y) =>
        kernels.DropOut(x, factors, y);

    public override void Add(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum) =>
        kernels.Add(left, right, sum);

    public override void Subtract(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> difference) =>
        kernels.Subtract(left, right, difference);

    public override double SquareNorm(ReadOnlySpan<float> root, float scale) =>
        kernels.SquareNorm(root, scale);

    public override float LargestMagnitude(ReadOnlySpan<float> numbers) =>
        kernels.LargestMagnitude(numbers);

    public override float Update(
        RootGradient root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step)
    {
        long start = Stopwatch.GetTimestamp();
        float largest = kernels.Update(root, before, after, state, step);
        Add(StepPart.Update, start);
        return largest;
    }

    private void Add(StepPart part, long start) =>
        _ticks[(int)part] += Stopwatch.GetTimestamp() - start;
}
