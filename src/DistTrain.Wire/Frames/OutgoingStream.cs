using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>A message that waits to be sent, and its tensor.</summary>
internal sealed record OutgoingMessage(
    byte[] Bytes, TensorHandle? Tensor, ReadOnlyMemory<byte> TensorBytes);

/// <summary>One stream as its sender sees it: a queue, credit, and the tensor under way.</summary>
internal sealed class OutgoingStream(WireStream stream)
{
    private readonly Queue<OutgoingMessage> _queue = [];
    private OutgoingMessage? _tensor;
    private int _tensorOffset;
    private long _creditBytes = stream.WindowBytes();
    private long _nextNumber;
    private int _queuedBytes;

    /// <summary>The tensor whose last chunk was taken last.</summary>
    public TensorHandle? Finished { get; private set; }

    /// <summary>It takes no further message.</summary>
    public bool IsFull =>
        _queue.Count >= WireLimits.QueuedMessages || _queuedBytes >= WireLimits.QueuedBytes;

    public void Add(OutgoingMessage message)
    {
        _queue.Enqueue(message);
        _queuedBytes += message.Bytes.Length;
    }

    public void OnCredit(long bytes)
    {
        if (bytes > stream.WindowBytes() - _creditBytes)
        {
            throw new WireException(WireFault.OverLimit, $"credit for {stream} beyond its window");
        }

        _creditBytes += bytes;
    }

    /// <summary>The next frame, if there is one and credit for it.</summary>
    public bool TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        Finished = null;
        ReadOnlyMemory<byte> next = Next();
        payload = next;
        header = default;
        if (next.IsEmpty || next.Length > _creditBytes)
        {
            return false;
        }

        _creditBytes -= next.Length;
        header = _tensor is null ? TakeMessage(next.Length) : TakeChunk(next.Length);
        return true;
    }

    /// <summary>Tensors of messages that will not be sent, the one under way included.</summary>
    public IEnumerable<TensorHandle> Clear()
    {
        TensorHandle?[] open =
            [_tensor?.Tensor, .. _queue.Select(message => message.Tensor)];
        _queue.Clear();
        _tensor = null;
        return open.OfType<TensorHandle>();
    }

    private ReadOnlyMemory<byte> Next()
    {
        if (_tensor is null)
        {
            return _queue.TryPeek(out OutgoingMessage? message) ? message.Bytes : default;
        }

        int left = _tensor.TensorBytes.Length - _tensorOffset;
        return _tensor.TensorBytes.Slice(_tensorOffset, Math.Min(left, WireLimits.PayloadBytes));
    }

    private FrameHeader TakeMessage(int bytes)
    {
        OutgoingMessage message = _queue.Dequeue();
        _queuedBytes -= bytes;
        _tensor = message.Tensor is null ? null : message;
        _tensorOffset = 0;
        return new FrameHeader(FrameKind.Message, stream, bytes, _nextNumber++);
    }

    private FrameHeader TakeChunk(int bytes)
    {
        var header = new FrameHeader(FrameKind.Chunk, stream, bytes, _tensorOffset);
        _tensorOffset += bytes;
        if (_tensorOffset == _tensor!.TensorBytes.Length)
        {
            Finished = _tensor.Tensor;
            _tensor = null;
        }

        return header;
    }
}
