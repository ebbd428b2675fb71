namespace DistTrain.Wire;

/// <summary>
/// One connection between two nodes, without the socket. Bytes received go in, messages come out;
/// messages go in, frames to write come out. The byte-level format is in docs/WIRE.md.
/// <para>
/// One thread receives (<see cref="Buffer"/>, <see cref="Advance"/>); one takes frames
/// (<see cref="TryTake"/>), and looks again after any other call; the rest is for all threads.
/// </para>
/// </summary>
public sealed class WireConnection
{
    private readonly FrameSender _sender;
    private readonly MessageReceiver _receiver;
    private readonly FrameReader _reader;

    /// <param name="outgoing">What is sent.</param>
    /// <param name="incoming">Gives room to what comes.</param>
    /// <param name="events">Is told.</param>
    /// <param name="sharing">Large tensors stay where they are, and the other end is told where;
    /// null: their bytes are sent.</param>
    /// <exception cref="PlatformNotSupportedException">On a big-endian machine: tensors travel as
    /// they stand in memory, little-endian.</exception>
    public WireConnection(
        ITensorSource outgoing, ITensorSink incoming, IWireEvents events,
        TensorSharing? sharing = null)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("DistTrain's wire needs a little-endian CPU.");
        }

        _sender = new FrameSender(outgoing, sharing?.Borrower);
        _receiver = new MessageReceiver(incoming, events, _sender, sharing?.Memory);
        _reader = new FrameReader(_receiver);
    }

    /// <summary>The version that both ends speak; 0: the other end has not said yet.</summary>
    public int Version => _receiver.Version;

    /// <summary>No frame has begun: here the other end may hang up.</summary>
    public bool IsBetweenFrames => _reader.IsBetweenFrames;

    /// <summary>Where the next bytes are to be received.</summary>
    public Memory<byte> Buffer => _reader.Buffer;

    /// <summary>So many bytes are in <see cref="Buffer"/> now.</summary>
    /// <exception cref="WireException">They are refused; close the connection.</exception>
    public void Advance(int bytes) => _reader.Advance(bytes);

    /// <summary>Takes bytes that were received elsewhere.</summary>
    /// <exception cref="WireException">They are refused; close the connection.</exception>
    public void Feed(ReadOnlySpan<byte> bytes) => _reader.Feed(bytes);

    /// <summary>The handshake is done: large messages, tensors, pings and credit may come from now
    /// on. May be called while a message is delivered, for the bytes behind it.</summary>
    public void Trust() => _receiver.IsTrusted = true;

    /// <summary>Queues a message; its tensor stays open until it is sent.</summary>
    /// <returns>False if the queue is full or the connection closed: it will not be sent.</returns>
    /// <exception cref="ArgumentException">This message never travels, or is too large.
    /// </exception>
    public bool TrySend(object message) =>
        TrySend(message, MessageCodec.FormatOf(message).Stream);

    /// <inheritdoc cref="TrySend(object)"/>
    /// <param name="message">One that travels.</param>
    /// <param name="stream">Instead of the one that such messages take.</param>
    /// <param name="recipient">The slice or worker at the other node that it is for.</param>
    public bool TrySend(object message, WireStream stream, int recipient = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(recipient);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipient, WireLimits.LastRecipient);
        return _sender.TrySend(message, stream, recipient);
    }

    /// <summary>The stream that such messages take unless told otherwise.</summary>
    /// <exception cref="ArgumentException">This message never travels.</exception>
    public static WireStream StreamOf(object message) => MessageCodec.FormatOf(message).Stream;

    /// <summary>Asks for a sign of life; a ping not yet sent is replaced.</summary>
    /// <param name="value">0 or more; comes back by <see cref="IWireEvents.OnPong"/>.</param>
    public void Ping(long value) => _sender.Ping(value);

    /// <summary>A message is handled: its credit goes back to the other end.</summary>
    public void Release(IncomingMessage message) =>
        _sender.Release(message.Stream, message.CreditBytes);

    /// <summary>The frame to write next. Taking it says that the one before is written.</summary>
    /// <returns>False if there is nothing to write now.</returns>
    public bool TryTake(out OutgoingFrame frame) => _sender.TryTake(out frame);

    /// <summary>The connection is over: by the thread that received. Tensors under way are
    /// abandoned, those queued are closed.</summary>
    public void Close()
    {
        _receiver.Close();
        _sender.Close();
    }
}
