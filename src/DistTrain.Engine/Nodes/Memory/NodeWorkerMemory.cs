using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// The tensors of a node's worker: parameters that came, gradients and metrics to be sent from
/// where they were computed.
/// </summary>
internal sealed class NodeWorkerMemory : IWorkerMemory
{
    // Of an open step, with as many ahead as the staleness allows: two are the rule; the rest is
    // for work of others, and for what is still being sent.
    private const int GradientsAStep = 80;

    private readonly IReadOnlyList<ParameterInterval> _intervals;
    private readonly GradientPool _gradients;
    private readonly OutgoingGradient?[] _outgoing;
    private readonly int _firstUse = HandleUses.Next();
    private readonly OutgoingMetrics _metrics = new();
    private readonly TensorEncoding _encoding;
    private readonly ErrorFeedback? _feedback;

    /// <param name="intervals">Of each slice, in order.</param>
    /// <param name="encoding">As gradients are sent.</param>
    /// <param name="staleness">Versions that a gradient may be behind.</param>
    /// <param name="memory">Where gradients are made.</param>
    public NodeWorkerMemory(
        IReadOnlyList<ParameterInterval> intervals, TensorEncoding encoding, int staleness,
        TensorMemory memory)
    {
        _intervals = intervals;
        _encoding = encoding;
        int parameters = intervals[^1].Start + intervals[^1].Length;
        int gradients = Math.Min(GradientsAStep * (staleness + 1), NodeHandle.MostPlaces);
        _outgoing = new OutgoingGradient?[gradients];
        _gradients = new GradientPool(
            parameters, workers: 1, gradients,
            encoding == TensorEncoding.Binary32 ? memory : TensorMemory.Own);
        Received = new ReceivedVersions(intervals, _firstUse, staleness);
        _feedback = encoding == TensorEncoding.Binary32
            ? null
            : new ErrorFeedback(encoding, parameters);
    }

    public ReceivedVersions Received { get; }

    public bool TryBeginRead(
        long version, ImmutableArray<TensorHandle> parameters, out ReadOnlyMemory<float> values) =>
        Received.TryBeginRead(parameters, out values);

    public void EndRead(ImmutableArray<TensorHandle> parameters) => Received.EndRead(parameters);

    public GradientBuffer Rent(WorkerId worker, Basis basis, long step, TreeNode node) =>
        _gradients.Rent(new WorkerId(0), basis, step, node);

    public ImmutableArray<TensorHandle> HandlesOf(GradientBuffer finished)
    {
        int place = GradientBuffer.IndexOf(finished.Handle);
        OutgoingGradient? outgoing = _outgoing[place];
        if (outgoing?.IsOf(finished.Block) != true)
        {
            outgoing = new OutgoingGradient(finished, _intervals, _encoding);
            _outgoing[place] = outgoing;
        }

        int use = (_firstUse + (int)(finished.Handle.Value >> 32)) & int.MaxValue;
        outgoing.Finish(use, _feedback);
        var handles = new TensorHandle[_intervals.Count];
        for (int slice = 0; slice < handles.Length; slice++)
        {
            handles[slice] =
                new NodeHandle(TensorKind.Gradient, slice, place, use).ToTensor();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(handles);
    }

    public TensorHandle Add(EvaluationId evaluation, EvaluationMetrics metrics) =>
        _metrics.Add(evaluation, EvaluationPayload.Of(metrics));

    public void Clear()
    {
        Received.Clear();
        _feedback?.Reset();
    }

    /// <summary>A connection is going to send a gradient or metrics.</summary>
    public TensorPayload Open(NodeHandle handle)
    {
        if (handle.Kind == TensorKind.Evaluation)
        {
            return _metrics.Open(handle);
        }

        OutgoingGradient outgoing = _outgoing[handle.Place]!;
        if (outgoing.Use != handle.Use)
        {
            throw new InvariantException(
                "a gradient stands where an older one was to be sent from");
        }

        return outgoing.Open(handle.Slice);
    }

    /// <summary>It has been sent, or never will be.</summary>
    public void Close(NodeHandle handle)
    {
        if (handle.Kind == TensorKind.Gradient && handle.Place < _outgoing.Length
            && _outgoing[handle.Place] is { } outgoing && outgoing.Use == handle.Use)
        {
            outgoing.Close();
        }
    }
}
