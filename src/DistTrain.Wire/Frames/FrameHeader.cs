using System.Buffers.Binary;

namespace DistTrain.Wire;

/// <summary>What a frame is. The numbers are the wire's.</summary>
internal enum FrameKind
{
    /// <summary>A message. Value: its number on the stream, from 0: a frame that is lost or comes
    /// twice is noticed.</summary>
    Message = 1,

    /// <summary>A part of the tensor of the message before. Value: where it begins, in bytes.
    /// </summary>
    Chunk = 2,

    /// <summary>Value: so many bytes more may come on this stream.</summary>
    Credit = 3,

    /// <summary>Answered by <see cref="Pong"/> with the same value.</summary>
    Ping = 4,

    Pong = 5,

    /// <summary>Instead of all chunks: where the tensor of the message before stands in memory that
    /// both ends share. Value: 0.</summary>
    Place = 6,
}

/// <summary>
/// Before every frame's payload: kind (1 byte), stream (1), recipient (2), bytes of payload (4),
/// value (8); little-endian. Only a message has a recipient: which role of the node it is for.
/// </summary>
internal readonly record struct FrameHeader(
    FrameKind Kind, WireStream Stream, int PayloadBytes, long Value, int Recipient = 0)
{
    public const int Bytes = 16;

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Kind;
        bytes[1] = (byte)Stream;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)Recipient);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], PayloadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Value);
    }

    /// <exception cref="WireException">No frame begins so.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        var header = new FrameHeader(
            (FrameKind)bytes[0],
            (WireStream)bytes[1],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
        bool hasPayload =
            header.Kind is FrameKind.Message or FrameKind.Chunk or FrameKind.Place;
        bool isKnown = header.Kind is >= FrameKind.Message and <= FrameKind.Place
            && header.Stream is >= WireStream.Control and <= WireStream.Bulk
            && (header.Recipient == 0 || header.Kind == FrameKind.Message);
        if (!isKnown || header.Value < 0 || (header.PayloadBytes != 0) != hasPayload)
        {
            throw new WireException(
                WireFault.Malformed, $"no frame begins with {Convert.ToHexStringLower(bytes)}");
        }

        return header.PayloadBytes is >= 0 and <= WireLimits.PayloadBytes
            ? header
            : throw new WireException(
                WireFault.OverLimit, $"a frame with {(uint)header.PayloadBytes} bytes of payload");
    }
}
