namespace DistTrain.Wire;

/// <summary>
/// Bytes in, frames out. Bytes of a tensor are received where they belong; only those that came
/// together with the header before them are copied there (<see cref="ReadAheadBytes"/> at most).
/// <para>
///     ConnectionHeader ──► Header ─┬─ Message ─┐
///                            ▲     ├─ Chunk ───┤   (Place likewise)
///                            └─────┴───────────┘  (the other kinds have no payload)
/// </para>
/// </summary>
internal sealed class FrameReader(IFrameHandler handler)
{
    /// <summary>Several control messages come with one receive; what is copied of a chunk stays
    /// below one percent.</summary>
    public const int ReadAheadBytes = 512;

    private readonly byte[] _ahead = new byte[ReadAheadBytes];
    private readonly byte[] _head = new byte[FrameHeader.Bytes];
    private byte[] _message = [];
    private Phase _phase = Phase.ConnectionHeader;
    private FrameHeader _header;

    /// <summary>Where the bytes awaited go; empty: they are dropped.</summary>
    private Memory<byte> _room;
    private int _awaited = ConnectionHeader.Bytes;
    private int _filled;

    private enum Phase
    {
        ConnectionHeader,
        Header,
        Message,
        Place,
        Chunk,
    }

    /// <summary>No frame has begun: here a connection may end.</summary>
    public bool IsBetweenFrames => _phase == Phase.Header && _filled == 0;

    private bool IsDirect => _phase >= Phase.Message && !_room.IsEmpty;

    /// <summary>Where the next bytes are to be received; <see cref="Advance"/> follows.</summary>
    public Memory<byte> Buffer => IsDirect ? _room[_filled..] : _ahead;

    /// <summary>So many bytes are in <see cref="Buffer"/> now.</summary>
    public void Advance(int bytes)
    {
        if (!IsDirect)
        {
            Feed(_ahead.AsSpan(0, bytes));
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _awaited - _filled);
        _filled += bytes;
        EndPhaseIfFull();
    }

    /// <summary>Takes bytes that were received elsewhere.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, _awaited - _filled);
            Span<byte> room = _phase <= Phase.Header ? _head : _room.Span;
            if (!room.IsEmpty)
            {
                bytes[..taken].CopyTo(room[_filled..]);
            }

            bytes = bytes[taken..];
            _filled += taken;
            EndPhaseIfFull();
        }
    }

    private void EndPhaseIfFull()
    {
        if (_filled < _awaited)
        {
            return;
        }

        switch (_phase)
        {
            case Phase.ConnectionHeader:
                handler.OnConnectionHeader(_head.AsSpan(0, _awaited));
                BecomeHeader();
                break;
            case Phase.Header:
                OnHeader(FrameHeader.Read(_head));
                break;
            case Phase.Message:
                BecomeHeader();
                handler.OnMessage(_header, _message.AsSpan(0, _header.PayloadBytes));
                break;
            case Phase.Place:
                BecomeHeader();
                handler.OnPlace(_header, _message.AsSpan(0, _header.PayloadBytes));
                break;
            default:
                BecomeHeader();
                handler.OnChunk(_header);
                break;
        }
    }

    private void OnHeader(FrameHeader header)
    {
        _header = header;
        switch (header.Kind)
        {
            case FrameKind.Message:
                handler.CheckMessage(header);
                AwaitCopy(Phase.Message, header.PayloadBytes);
                break;
            case FrameKind.Place:
                handler.CheckPlace(header);
                AwaitCopy(Phase.Place, header.PayloadBytes);
                break;
            case FrameKind.Chunk:
                Await(Phase.Chunk, header.PayloadBytes, handler.RoomFor(header));
                break;
            default:
                BecomeHeader();
                handler.OnSignal(header);
                break;
        }
    }

    private void AwaitCopy(Phase phase, int bytes)
    {
        if (_message.Length < bytes)
        {
            _message = new byte[bytes];
        }

        Await(phase, bytes, _message);
    }

    private void BecomeHeader() => Await(Phase.Header, FrameHeader.Bytes, default);

    private void Await(Phase phase, int bytes, Memory<byte> room)
    {
        _phase = phase;
        _awaited = bytes;
        _filled = 0;
        _room = room.IsEmpty ? room : room[..bytes];
    }
}
