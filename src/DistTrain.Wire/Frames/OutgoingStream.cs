using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>A message that waits to be sent, and its tensor.</summary>
/// <param name="Bytes">The message, encoded.</param>
/// <param name="Recipient">The role at the other node that it is for.</param>
/// <param name="Tensor">What it carries; null: nothing.</param>
/// <param name="Payload">Where that stands.</param>
/// <param name="Published">The message, if newer ones may replace it.</param>
internal sealed record OutgoingMessage(
    byte[] Bytes, int Recipient, TensorHandle? Tensor, TensorPayload Payload,
    ParametersPublished? Published)
{
    /// <summary>A worker needs the newest version and the one before, and nothing of an older
    /// generation: a slow one must not pin ever more versions in memory.</summary>
    public bool IsReplaced(ParametersPublished by, int recipient) =>
        Published is { } there && Recipient == recipient && there.Slice == by.Slice
        && (there.Generation < by.Generation
            || (there.Generation == by.Generation && there.Version <= by.Version - 2));
}

/// <summary>One stream as its sender sees it: a queue, credit, and the tensor under way.</summary>
internal sealed class OutgoingStream(WireStream stream)
{
    private readonly LinkedList<OutgoingMessage> _queue = [];
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
        _queue.AddLast(message);
        _queuedBytes += message.Bytes.Length;
    }

    /// <summary>Takes back what waits and is of no use once <paramref name="by"/> is sent. Numbers
    /// and credit are given when a message is taken: those left have no gap.</summary>
    /// <returns>The tensors of what was taken back.</returns>
    public IReadOnlyList<TensorHandle> DropReplaced(ParametersPublished by, int recipient)
    {
        List<TensorHandle>? dropped = null;
        LinkedListNode<OutgoingMessage>? node = _queue.First;
        while (node is not null)
        {
            LinkedListNode<OutgoingMessage>? next = node.Next;
            if (node.Value.IsReplaced(by, recipient))
            {
                _queue.Remove(node);
                _queuedBytes -= node.Value.Bytes.Length;
                (dropped ??= []).Add(node.Value.Tensor!.Value);
            }

            node = next;
        }

        return dropped ?? [];
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

    /// <summary>Whether what is next is a tensor of which nothing is sent yet.</summary>
    public bool IsTensorNext(out TensorPayload tensor)
    {
        tensor = _tensor?.Payload ?? default;
        return _tensor is not null && _tensorOffset == 0;
    }

    /// <summary>The frame that says where the tensor is, if there is credit for it. The tensor is
    /// <see cref="Finished"/> then.</summary>
    public bool TryTakePlace(out FrameHeader header)
    {
        Finished = null;
        header = new FrameHeader(FrameKind.Place, stream, TensorPlace.Bytes, 0);
        if (_creditBytes < TensorPlace.Bytes)
        {
            return false;
        }

        _creditBytes -= TensorPlace.Bytes;
        Finished = _tensor!.Tensor;
        _tensor = null;
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
            return _queue.First?.Value.Bytes ?? default;
        }

        ReadOnlyMemory<byte> bytes = _tensor.Payload.Bytes;
        int left = bytes.Length - _tensorOffset;
        return bytes.Slice(_tensorOffset, Math.Min(left, WireLimits.PayloadBytes));
    }

    private FrameHeader TakeMessage(int bytes)
    {
        OutgoingMessage message = _queue.First!.Value;
        _queue.RemoveFirst();
        _queuedBytes -= bytes;
        _tensor = message.Tensor is null ? null : message;
        _tensorOffset = 0;
        return new FrameHeader(FrameKind.Message, stream, bytes, _nextNumber++, message.Recipient);
    }

    private FrameHeader TakeChunk(int bytes)
    {
        var header = new FrameHeader(FrameKind.Chunk, stream, bytes, _tensorOffset);
        _tensorOffset += bytes;
        if (_tensorOffset == _tensor!.Payload.Bytes.Length)
        {
            Finished = _tensor.Tensor;
            _tensor = null;
        }

        return header;
    }
}
