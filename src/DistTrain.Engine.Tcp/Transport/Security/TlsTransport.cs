namespace DistTrain.Engine.Tcp;

/// <summary>
/// What TLS reads from and writes to. During the handshake it writes at once and waits; then it
/// gathers, so that a frame, which is several records, is written with one call.
/// </summary>
internal sealed class TlsTransport(LinkSocket socket) : Stream
{
    private readonly Lock _gate = new();
    private byte[] _gathered = [];
    private int _length;
    private int _sent;
    private bool _isGathering;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Something that was gathered is not written.</summary>
    public bool HasUnsent
    {
        get
        {
            lock (_gate)
            {
                return _length > 0;
            }
        }
    }

    public void BeginGathering() => _isGathering = true;

    /// <summary>Writes what the socket takes without waiting.</summary>
    /// <returns>Whether that is all that was gathered.</returns>
    public bool TrySend()
    {
        lock (_gate)
        {
            while (_sent < _length)
            {
                int sent = socket.Send(_gathered.AsSpan(_sent, _length - _sent));
                if (sent == 0)
                {
                    return false;
                }

                _sent += sent;
            }

            _length = 0;
            _sent = 0;
            return true;
        }
    }

    public override int Read(Span<byte> buffer) => socket.Receive(buffer);

    public override int Read(byte[] buffer, int offset, int count) =>
        Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isGathering)
        {
            socket.SendAll(buffer);
            return;
        }

        // The thread that receives writes too, now and then: answers of TLS itself.
        lock (_gate)
        {
            if (_gathered.Length - _length < buffer.Length)
            {
                int needed = _length + buffer.Length;
                Array.Resize(ref _gathered, Math.Max(2 * _gathered.Length, needed));
            }

            buffer.CopyTo(_gathered.AsSpan(_length));
            _length += buffer.Length;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
