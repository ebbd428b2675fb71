using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>The tensors of a slice whose workers, and perhaps other slices, are on other nodes.
/// </summary>
internal sealed class NodeSliceMemory : ISliceMemory
{
    private readonly SliceId _slice;
    private readonly IReadOnlyList<ParameterInterval> _intervals;
    private readonly Func<SliceId, NodeSliceMemory?> _siblings;
    private readonly ParameterInterval _interval;
    private readonly double[][] _ownNorms;
    private readonly double[] _norms;

    /// <param name="slice">Which slice.</param>
    /// <param name="intervals">Of each slice, in order.</param>
    /// <param name="encoding">As gradients are sent.</param>
    /// <param name="siblings">The other slices of this node; null for one of another node.</param>
    /// <param name="limitBytes">Of the gradients that wait to be applied.</param>
    /// <param name="firstUse">Tells its handles from those of the slice as it was here before.
    /// </param>
    /// <param name="memory">Where parameters are made.</param>
    public NodeSliceMemory(
        SliceId slice, IReadOnlyList<ParameterInterval> intervals, TensorEncoding encoding,
        Func<SliceId, NodeSliceMemory?> siblings, long limitBytes, int firstUse,
        TensorMemory memory)
    {
        _slice = slice;
        _intervals = intervals;
        _siblings = siblings;
        _interval = intervals[slice.Value];
        Published = new PublishedVersions(slice, _interval, firstUse, memory);
        Contributions = new Contributions(
            slice, _interval, encoding, limitBytes, firstUse);
        ReceivedNorms = new ReceivedNorms(slice, intervals);
        _ownNorms = [new double[_interval.BlockCount], new double[_interval.BlockCount]];
        _norms = new double[intervals.Sum(interval => interval.BlockCount)];
    }

    public SliceId Slice => _slice;

    /// <summary>Parameters of the slice.</summary>
    public int Length => _interval.Length;

    public PublishedVersions Published { get; }

    public Contributions Contributions { get; }

    public ReceivedNorms ReceivedNorms { get; }

    public EvaluationTable Evaluations { get; } = new();

    public TensorHandle HandleOf(long version) => Published.HandleOf(version);

    public Memory<float> Parameters(long version) => Published.Of(version);

    public Memory<float> Begin(long version) => Published.Begin(version);

    public void BecomeRestored() => Contributions.FreeAll();

    public void BecomeApplied(long step)
    {
        Contributions.FreeBefore(step + 1);
        ReceivedNorms.FreeBefore(step + 1);
    }

    public bool IsOfUse(TensorHandle gradient, Generation restored) =>
        Contributions.IsReady(gradient);

    public SliceGradient GradientOf(TensorHandle gradient, long step) =>
        Contributions.Of(gradient, step);

    /// <summary>Two by parity are enough, as in one process.</summary>
    public Memory<double> OwnNorms(long step) => _ownNorms[step & 1];

    public TensorHandle OwnNormsHandle(long step) => new NodeHandle(
        TensorKind.Norms, _slice.Value, (int)(step & 1), (int)(step & int.MaxValue)).ToTensor();

    public ReadOnlySpan<double> Norms(long step, ImmutableArray<TensorHandle> partials)
    {
        Span<double> all = _norms;
        for (int slice = 0; slice < partials.Length; slice++)
        {
            NodeHandle handle = NodeHandle.Of(partials[slice]);
            ReadOnlySpan<double> part = handle.Kind == TensorKind.ReceivedNorms
                ? ReceivedNorms.Of(handle)
                : NormsHere(handle);
            part.CopyTo(all[(_intervals[slice].Start / ParameterInterval.Block)..]);
        }

        return all;
    }

    /// <summary>A connection is going to send the slice's norms: a copy, they are small.</summary>
    public TensorPayload OpenNorms(NodeHandle handle) => new(
        TensorEncoding.Binary64,
        MemoryMarshal.AsBytes<double>(_ownNorms[handle.Place]).ToArray());

    public EvaluationMetrics EvaluationOf(TensorHandle metrics) => Evaluations.Of(metrics);

    public void Forget(EvaluationId evaluation) => Evaluations.Forget(evaluation);

    private ReadOnlySpan<double> NormsHere(NodeHandle handle)
    {
        var slice = new SliceId(handle.Slice);
        NodeSliceMemory sibling = _siblings(slice) ?? throw new NormsGoneException(slice);
        return sibling._ownNorms[handle.Place];
    }
}
