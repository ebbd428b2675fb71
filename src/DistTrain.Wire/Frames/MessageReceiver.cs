using System.Runtime.InteropServices;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// Frames in, messages out: decodes, checks order and credit, and finds a place for tensors. Until
/// the other end is trusted it takes small messages on the control stream and nothing else.
/// </summary>
/// <param name="tensors">Gives room.</param>
/// <param name="events">Is told.</param>
/// <param name="sender">Gives credit back.</param>
/// <param name="shared">Maps what the other end lends; null: it lends nothing.</param>
internal sealed class MessageReceiver(
    ITensorSink tensors, IWireEvents events, FrameSender sender, ITensorBorrower? shared)
    : IFrameHandler
{
    private readonly IncomingStream[] _streams =
        [.. Enumerable.Range(0, WireStreams.Count).Select(i => new IncomingStream((WireStream)i))];

    public bool IsTrusted { get; set; }

    /// <summary>The version that both ends speak; 0: not known yet.</summary>
    public int Version { get; private set; }

    public void OnConnectionHeader(ReadOnlySpan<byte> header) =>
        Version = ConnectionHeader.Agree(header);

    public void CheckMessage(FrameHeader header)
    {
        if (!IsTrusted)
        {
            CheckStrangers(header);
        }

        IncomingStream stream = StreamOf(header);
        stream.CheckMessage(header.Value);
        stream.Take(header.PayloadBytes, sender.GrantedBytes(header.Stream));
    }

    public void OnMessage(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        DecodedMessage message = MessageCodec.Decode(payload);
        if (message.TensorBytes == 0)
        {
            Deliver(message, message.Message, header, header.PayloadBytes);
            return;
        }

        if (!IsTrusted || message.TensorBytes > header.Stream.TensorBytes())
        {
            throw new WireException(
                WireFault.OverLimit,
                $"a tensor of {message.TensorBytes} bytes on {header.Stream}"
                + (IsTrusted
                    ? $", which takes {header.Stream.TensorBytes()} at most"
                    : " before the handshake was done"));
        }

        TensorHandle handle = default;
        Memory<byte> room = default;
        if (message.Format is not null)
        {
            var tensor = new TensorDescription(
                message.Encoding!.Value, message.TensorBytes, header.Recipient, message.Note);
            Rent(message.Message!, tensor, out handle, out room);
        }

        StreamOf(header).Begin(message, header, handle, room);
    }

    public Memory<byte> RoomFor(FrameHeader header)
    {
        IncomingStream stream = StreamOf(header);
        stream.CheckChunk(header);
        stream.Take(header.PayloadBytes, sender.GrantedBytes(header.Stream));
        return stream.NextRoom;
    }

    public void OnChunk(FrameHeader header)
    {
        IncomingStream stream = StreamOf(header);
        bool returnsAtOnce = header.Stream.ReturnsChunksAtOnce();
        stream.EndChunk(header.PayloadBytes, returnsAtOnce);
        if (returnsAtOnce)
        {
            sender.Release(header.Stream, header.PayloadBytes);
        }

        if (stream.TensorBytesLeft == 0)
        {
            EndTensor(stream, header);
        }
    }

    public void CheckPlace(FrameHeader header)
    {
        if (shared is null)
        {
            throw new WireException(
                WireFault.Malformed, "a place in memory, which both ends do not share");
        }

        IncomingStream stream = StreamOf(header);
        stream.CheckPlace(header);
        stream.Take(header.PayloadBytes, sender.GrantedBytes(header.Stream));
    }

    public void OnPlace(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        IncomingStream stream = StreamOf(header);
        BorrowedTensor tensor = shared!.Borrow(
            TensorPlace.Read(payload), stream.Message.TensorBytes / sizeof(float));
        if (stream.Room.IsEmpty || !tensors.TryAdopt(stream.Handle, tensor))
        {
            if (!stream.Room.IsEmpty)
            {
                MemoryMarshal.AsBytes(tensor.Values.Span).CopyTo(stream.Room.Span);
            }

            tensor.Dispose();
        }

        bool returnsAtOnce = header.Stream.ReturnsChunksAtOnce();
        stream.EndPlace(header.PayloadBytes, returnsAtOnce);
        if (returnsAtOnce)
        {
            sender.Release(header.Stream, header.PayloadBytes);
        }

        EndTensor(stream, header);
    }

    private void EndTensor(IncomingStream stream, FrameHeader header)
    {
        DecodedMessage decoded = stream.Message;
        object? message = stream.Room.IsEmpty
            ? null
            : decoded.Format!.WithTensor(decoded.Message!, stream.Handle);
        stream.Clear();
        Deliver(
            decoded, message, header with { Recipient = stream.Recipient }, stream.CreditBytes);
    }

    public void OnSignal(FrameHeader header)
    {
        if (!IsTrusted)
        {
            CheckStrangers(header);
        }

        switch (header.Kind)
        {
            case FrameKind.Credit:
                sender.OnCredit(header.Stream, header.Value);
                break;
            case FrameKind.Ping:
                sender.Pong(header.Value);
                break;
            default:
                events.OnPong(header.Value);
                break;
        }
    }

    /// <summary>The connection is over: no tensor will be completed.</summary>
    public void Close()
    {
        foreach (IncomingStream stream in _streams)
        {
            if (!stream.Room.IsEmpty)
            {
                tensors.Abandon(stream.Handle);
            }

            stream.Clear();
        }
    }

    private void Rent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        if (!tensors.TryRent(message, tensor, out handle, out room))
        {
            room = default;
        }
        else if (room.Length != tensor.Bytes)
        {
            throw new InvariantException($"{room.Length} bytes of room for {tensor.Bytes}");
        }
    }

    private void Deliver(
        DecodedMessage decoded, object? message, FrameHeader header, int creditBytes)
    {
        if (message is not null)
        {
            events.OnMessage(new IncomingMessage(
                message, decoded.Format!.From, header.Stream, creditBytes, header.Recipient));
            return;
        }

        sender.Release(header.Stream, creditBytes);
        events.OnRefused(decoded.Number, decoded.Format is { } format
            ? $"{format.Name}: no room, or no use, for its tensor"
            : $"no message that travels has the number {decoded.Number}");
    }

    private static void CheckStrangers(FrameHeader header)
    {
        if (header.Kind != FrameKind.Message || header.Stream != WireStream.Control
            || header.PayloadBytes > WireLimits.StrangerBytes)
        {
            throw new WireException(
                WireFault.OverLimit,
                $"{header.Kind} of {header.PayloadBytes} bytes on {header.Stream} "
                + "before the handshake was done");
        }
    }

    private IncomingStream StreamOf(FrameHeader header) => _streams[(int)header.Stream];
}
