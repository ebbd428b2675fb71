using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Where the tensors of one parameter slice are: its parameters by version, the gradients that
/// came for it, norms, metrics. An engine decides whether workers and slices look at the same
/// memory or at copies that travelled. Called by the slice's actor alone, in its turns.
/// </summary>
internal interface ISliceMemory
{
    /// <summary>What a publication of that version carries.</summary>
    TensorHandle HandleOf(long version);

    /// <summary>The slice's parameters of a version that it holds, (interval).</summary>
    Memory<float> Parameters(long version);

    /// <summary>Room for a version that it does not hold yet, (interval); the version two before
    /// it is given up.</summary>
    Memory<float> Begin(long version);

    /// <summary>All is loaded anew: gradients that came before count no more.</summary>
    void BecomeRestored();

    /// <summary>A step is applied: gradients of it and of those before are needed no more.
    /// </summary>
    void BecomeApplied(long step);

    /// <summary>The gradient is still what the message was sent for.</summary>
    /// <param name="gradient">As it came.</param>
    /// <param name="restored">The generation in which the slice was restored last.</param>
    bool IsOfUse(TensorHandle gradient, Generation restored);

    /// <summary>A gradient that is of use.</summary>
    SliceGradient GradientOf(TensorHandle gradient, long step);

    /// <summary>The slice's own partial square norms of a step, to write, (its blocks).</summary>
    Memory<double> OwnNorms(long step);

    /// <summary>What its message to the other slices carries.</summary>
    TensorHandle OwnNormsHandle(long step);

    /// <summary>The partial square norms of all blocks, once all slices' have come.</summary>
    /// <param name="step">Of this step.</param>
    /// <param name="partials">What came, by slice.</param>
    /// <exception cref="NormsGoneException">A slice is gone since it sent them.</exception>
    ReadOnlySpan<double> Norms(long step, ImmutableArray<TensorHandle> partials);

    /// <summary>A worker's part of an evaluation.</summary>
    EvaluationMetrics EvaluationOf(TensorHandle metrics);

    /// <summary>What belongs to this evaluation or to earlier ones is needed no more.</summary>
    void Forget(EvaluationId evaluation);
}

/// <summary>What came for a node of the tree.</summary>
/// <param name="Values">The gradient over the slice's interval, (interval).</param>
/// <param name="Metrics">The node's metrics.</param>
/// <param name="Known">As much of the gradient as can be seen here, to name a layer that is not
/// finite.</param>
/// <param name="KnownStart">The first parameter of it.</param>
internal readonly record struct SliceGradient(
    ReadOnlyMemory<float> Values, BatchMetrics Metrics, ReadOnlyMemory<float> Known,
    int KnownStart);
