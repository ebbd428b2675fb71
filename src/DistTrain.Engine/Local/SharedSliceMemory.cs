using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>A slice's look at what workers of its own process wrote. Handles of parameters and
/// norms are versions and steps: everybody knows where those are.</summary>
internal sealed class SharedSliceMemory(SharedMemory shared, ParameterInterval interval)
    : ISliceMemory
{
    public TensorHandle HandleOf(long version) => new(version);

    public Memory<float> Parameters(long version) => shared.Blocks.Of(version, interval);

    public Memory<float> Begin(long version) => shared.Blocks.Of(version, interval);

    public void BecomeRestored()
    {
        // Buffers of an older generation are free by their generation (GradientPool).
    }

    public void BecomeApplied(long step)
    {
        // Buffers of an earlier step are free by their step.
    }

    public bool IsOfUse(TensorHandle gradient, Generation restored) =>
        shared.Gradients.Is(gradient, restored);

    public SliceGradient GradientOf(TensorHandle gradient, long step)
    {
        GradientBuffer buffer = shared.Gradients.Of(gradient, step);
        return new SliceGradient(
            buffer.Values.Slice(interval.Start, interval.Length), buffer.Metrics,
            buffer.Values, KnownStart: 0);
    }

    public Memory<double> OwnNorms(long step) => shared.SquareNormsOf(step)
        .AsMemory(interval.Start / ParameterInterval.Block, interval.BlockCount);

    public TensorHandle OwnNormsHandle(long step) => new(step);

    public ReadOnlySpan<double> Norms(long step, ImmutableArray<TensorHandle> partials) =>
        shared.SquareNormsOf(step);

    public EvaluationMetrics EvaluationOf(TensorHandle metrics) => shared.Evaluations.Of(metrics);

    public void Forget(EvaluationId evaluation) => shared.Evaluations.Forget(evaluation);
}
