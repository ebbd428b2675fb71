using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>A gradient buffer as connections send it: each slice's part, in 32 bits from where it
/// was computed, or in 16 from a copy.</summary>
internal sealed class OutgoingGradient
{
    private readonly GradientBuffer _buffer;
    private readonly IReadOnlyList<ParameterInterval> _intervals;
    private readonly TensorEncoding _encoding;
    private readonly TensorBlock _block;
    private readonly byte[] _narrow;
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _parts;
    private byte[] _note = [];

    /// <param name="buffer">Sent from here whenever it holds a gradient.</param>
    /// <param name="intervals">Of each slice, in order.</param>
    /// <param name="encoding">As it is sent.</param>
    public OutgoingGradient(
        GradientBuffer buffer, IReadOnlyList<ParameterInterval> intervals, TensorEncoding encoding)
    {
        _buffer = buffer;
        _intervals = intervals;
        _encoding = encoding;
        _block = buffer.Block;
        int elementBytes = encoding.ElementBytes();
        bool isNarrow = encoding != TensorEncoding.Binary32;
        _narrow = isNarrow
            ? GC.AllocateUninitializedArray<byte>(elementBytes * buffer.Values.Length, pinned: true)
            : [];
        ReadOnlyMemory<byte> whole =
            isNarrow ? _narrow : _block.Bytes;
        _parts = [.. intervals.Select(interval => whole.Slice(
            elementBytes * interval.Start, elementBytes * interval.Length))];
    }

    /// <summary>The buffer's numbers still stand where this sends them from.</summary>
    public bool IsOf(TensorBlock block) => block == _block;

    /// <summary>Count of the buffer's uses, as of the gradient that can be sent.</summary>
    public int Use { get; private set; }

    /// <summary>The buffer holds another gradient now.</summary>
    /// <param name="use">Count of the buffer's uses.</param>
    /// <param name="feedback">Keeps what rounding takes; null where nothing is rounded.</param>
    public void Finish(int use, ErrorFeedback? feedback)
    {
        Use = use;
        _note = MetricsNote.Of(_buffer.Metrics);
        if (feedback is null)
        {
            return;
        }

        int elementBytes = _encoding.ElementBytes();
        foreach (ParameterInterval interval in _intervals)
        {
            feedback.Compress(
                interval.Start, _buffer.Values.Span.Slice(interval.Start, interval.Length),
                _narrow.AsSpan(elementBytes * interval.Start, elementBytes * interval.Length));
        }
    }

    public TensorPayload Open(int slice)
    {
        _buffer.BeginSend();
        bool isNarrow = _narrow.Length > 0;
        return new TensorPayload(
            _encoding, _parts[slice], _note, isNarrow ? null : _block.Lender,
            sizeof(float) * (long)_intervals[slice].Start);
    }

    public void Close() => _buffer.EndSend();
}
