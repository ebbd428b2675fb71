using System.Buffers;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// Messages in, frames out: credit and pings first, then control messages, then chunks of tensors,
/// so that a control message waits for no more than the frame being written. Safe for several
/// threads; one of them takes the frames.
/// </summary>
/// <param name="tensors">What is sent.</param>
/// <param name="borrower">The other end's number at those who lend; null: nothing is lent.</param>
internal sealed class FrameSender(ITensorSource tensors, int? borrower)
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _scratch = new();
    private readonly byte[] _head = new byte[FrameHeader.Bytes];
    private readonly byte[] _place = new byte[TensorPlace.Bytes];
    private readonly HashSet<ITensorLender> _lenders = [];
    private readonly Predicate<ITensorLender> _isBack =
        lender => lender.IsBack(borrower.GetValueOrDefault());
    private readonly OutgoingStream[] _streams =
        [.. Enumerable.Range(0, WireStreams.Count).Select(i => new OutgoingStream((WireStream)i))];

    private readonly long[] _released = new long[WireStreams.Count];
    private readonly long[] _granted = new long[WireStreams.Count];
    private long? _ping;
    private long? _pong;
    private TensorHandle? _finished;
    private int _stepFrames;
    private bool _hasBegun;
    private bool _isClosed;

    /// <summary>Credit given to the other end so far, beyond the window.</summary>
    public long GrantedBytes(WireStream stream) => Volatile.Read(ref _granted[(int)stream]);

    /// <returns>False if the queue is full, or the connection closed: it will not be sent.
    /// </returns>
    public bool TrySend(object message, WireStream stream, int recipient)
    {
        MessageFormat format = MessageCodec.FormatOf(message);
        lock (_gate)
        {
            if (message is ParametersPublished published)
            {
                DropReplaced(published, stream, recipient);
            }

            if (_isClosed || _streams[(int)stream].IsFull)
            {
                return false;
            }

            if (!format.HasTensor)
            {
                Add(message, null, default, stream, recipient);
                return true;
            }

            AddWithTensor(message, format.TensorOf(message), stream, recipient);
            return true;
        }
    }

    public void Ping(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        lock (_gate)
        {
            _ping = value;
        }
    }

    /// <summary>Only the newest ping is answered: pings cannot fill a queue.</summary>
    public void Pong(long value)
    {
        lock (_gate)
        {
            _pong = value;
        }
    }

    /// <summary>Bytes that came are handled; they go back as credit, a quarter of the window at
    /// once.</summary>
    public void Release(WireStream stream, int bytes)
    {
        lock (_gate)
        {
            _released[(int)stream] += bytes;
        }
    }

    public void OnCredit(WireStream stream, long bytes)
    {
        lock (_gate)
        {
            _streams[(int)stream].OnCredit(bytes);
        }
    }

    /// <summary>The frame to write next. Taking it says that the one before is written.</summary>
    public bool TryTake(out OutgoingFrame frame)
    {
        lock (_gate)
        {
            CloseFinished();
            if (_isClosed)
            {
                frame = default;
                return false;
            }

            if (!_hasBegun)
            {
                _hasBegun = true;
                frame = new OutgoingFrame(ConnectionHeader.Ours(), default);
                return true;
            }

            return TryTakeCredit(out frame)
                || TryTakePing(FrameKind.Pong, ref _pong, out frame)
                || TryTakePing(FrameKind.Ping, ref _ping, out frame)
                || TryTake(WireStream.Control, out frame)
                || TryTakeTensors(out frame);
        }
    }

    /// <summary>The connection is over: nothing more is taken, every tensor is closed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            CloseFinished();
            foreach (OutgoingStream stream in _streams)
            {
                foreach (TensorHandle handle in stream.Clear())
                {
                    tensors.Close(handle);
                }
            }

            foreach (ITensorLender lender in _lenders)
            {
                lender.Lose(borrower!.Value);
            }

            _lenders.Clear();
        }
    }

    private void DropReplaced(ParametersPublished by, WireStream stream, int recipient)
    {
        foreach (TensorHandle handle in _streams[(int)stream].DropReplaced(by, recipient))
        {
            tensors.Close(handle);
        }
    }

    private void AddWithTensor(
        object message, TensorHandle handle, WireStream stream, int recipient)
    {
        TensorPayload payload = tensors.Open(handle);
        try
        {
            CheckTensor(payload, stream);
            Add(message, handle, payload, stream, recipient);
        }
        catch
        {
            tensors.Close(handle);
            throw;
        }
    }

    private void Add(
        object message, TensorHandle? handle, TensorPayload payload, WireStream stream,
        int recipient)
    {
        _scratch.ResetWrittenCount();
        MessageCodec.Encode(message, handle is null ? null : payload, _scratch);
        byte[] bytes = _scratch.WrittenSpan.ToArray();
        _streams[(int)stream].Add(new OutgoingMessage(
            bytes, recipient, handle, payload, message as ParametersPublished));
    }

    private static void CheckTensor(TensorPayload payload, WireStream stream)
    {
        int element = payload.Encoding.ElementBytes();
        if (element == 0 || payload.Bytes.IsEmpty || payload.Bytes.Length % element != 0
            || payload.Bytes.Length > stream.TensorBytes()
            || payload.Note.Length > WireLimits.NoteBytes)
        {
            throw new InvariantException(
                $"no tensor of {payload.Bytes.Length} bytes, {payload.Encoding}, with a note of "
                + $"{payload.Note.Length} is for {stream}");
        }
    }

    private bool TryTakeCredit(out OutgoingFrame frame)
    {
        for (int i = 0; i < _released.Length; i++)
        {
            var stream = (WireStream)i;
            long bytes = _released[i];
            if (bytes >= stream.WindowBytes() / 4)
            {
                _released[i] = 0;
                Volatile.Write(ref _granted[i], _granted[i] + bytes);
                frame = Frame(new FrameHeader(FrameKind.Credit, stream, 0, bytes), default);
                return true;
            }
        }

        frame = default;
        return false;
    }

    private bool TryTakePing(FrameKind kind, ref long? value, out OutgoingFrame frame)
    {
        frame = value is { } there
            ? Frame(new FrameHeader(kind, WireStream.Control, 0, there), default)
            : default;
        bool isThere = value is not null;
        value = null;
        return isThere;
    }

    private bool TryTakeTensors(out OutgoingFrame frame)
    {
        bool isBulksTurn = _stepFrames >= WireStreams.StepFramesInTurn;
        if (isBulksTurn && TryTake(WireStream.Bulk, out frame))
        {
            _stepFrames = 0;
            return true;
        }

        if (TryTake(WireStream.Step, out frame))
        {
            _stepFrames++;
            return true;
        }

        return TryTake(WireStream.Bulk, out frame);
    }

    private bool TryTake(WireStream stream, out OutgoingFrame frame)
    {
        OutgoingStream from = _streams[(int)stream];
        if (from.IsTensorNext(out TensorPayload tensor) && IsLent(tensor))
        {
            return TryLend(from, tensor, out frame);
        }

        bool isThere = from.TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload);
        frame = isThere ? Frame(header, payload) : default;
        _finished = isThere ? from.Finished : null;
        return isThere;
    }

    private bool IsLent(in TensorPayload tensor) => borrower is not null
        && tensor.Lender is { IsLost: false } && tensor.Bytes.Length >= WireLimits.LeastLentBytes;

    /// <summary>Says where the tensor is. It is lent from now on, so that what follows may close
    /// it: whoever lends knows for how long it must stay as it is.</summary>
    private bool TryLend(OutgoingStream from, in TensorPayload tensor, out OutgoingFrame frame)
    {
        frame = default;
        if (!from.TryTakePlace(out FrameHeader header))
        {
            return false;
        }

        _lenders.RemoveWhere(_isBack);
        tensor.Lender!.Lend(borrower!.Value, tensor.Offset).Write(_place);
        _lenders.Add(tensor.Lender);
        _finished = from.Finished;
        frame = Frame(header, _place);
        return true;
    }

    private OutgoingFrame Frame(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        header.Write(_head);
        return new OutgoingFrame(_head, payload);
    }

    private void CloseFinished()
    {
        if (_finished is { } handle)
        {
            _finished = null;
            tensors.Close(handle);
        }
    }
}
