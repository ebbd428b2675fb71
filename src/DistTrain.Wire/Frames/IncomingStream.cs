using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>One stream as its receiver sees it: what was received, and the tensor under way.
/// </summary>
internal sealed class IncomingStream(WireStream stream)
{
    private long _receivedBytes;
    private long _nextNumber;

    public WireStream Stream => stream;

    /// <summary>The message whose tensor is under way.</summary>
    public DecodedMessage Message { get; private set; }

    /// <summary>Whom that message is for.</summary>
    public int Recipient { get; private set; }

    /// <summary>Bytes of that tensor still to come; 0: none is under way.</summary>
    public int TensorBytesLeft { get; private set; }

    public TensorHandle Handle { get; private set; }

    /// <summary>The tensor's place; empty: it is dropped.</summary>
    public Memory<byte> Room { get; private set; }

    /// <summary>Credit that the message under way takes until it is handled.</summary>
    public int CreditBytes { get; private set; }

    /// <summary>Payload takes credit, which the sender must have been given.</summary>
    /// <param name="bytes">Of payload.</param>
    /// <param name="grantedBytes">Given to it so far, beyond the window.</param>
    public void Take(int bytes, long grantedBytes)
    {
        _receivedBytes += bytes;
        if (_receivedBytes > stream.WindowBytes() + grantedBytes)
        {
            throw new WireException(
                WireFault.OverLimit, $"more bytes of {stream} than there is credit for");
        }
    }

    public void CheckMessage(long number)
    {
        if (TensorBytesLeft > 0 || number != _nextNumber)
        {
            throw new WireException(
                WireFault.OutOfOrder,
                TensorBytesLeft > 0
                    ? $"a message of {stream} in the midst of a tensor"
                    : $"message {number} of {stream} where {_nextNumber} is next");
        }

        _nextNumber++;
    }

    /// <summary>A tensor begins.</summary>
    public void Begin(
        DecodedMessage message, FrameHeader header, TensorHandle handle, Memory<byte> room)
    {
        Message = message;
        Recipient = header.Recipient;
        CreditBytes = header.PayloadBytes;
        Handle = handle;
        Room = room;
        TensorBytesLeft = message.TensorBytes;
    }

    /// <summary>Every chunk follows the one before, and all but the last are full.</summary>
    public void CheckChunk(FrameHeader header)
    {
        int offset = Message.TensorBytes - TensorBytesLeft;
        int bytes = Math.Min(TensorBytesLeft, WireLimits.PayloadBytes);
        if (TensorBytesLeft == 0 || header.Value != offset || header.PayloadBytes != bytes)
        {
            throw new WireException(
                WireFault.OutOfOrder,
                $"a chunk of {header.PayloadBytes} bytes at {header.Value} of {stream}, where "
                + $"{bytes} at {offset} are next");
        }
    }

    /// <summary>It stands for all chunks of a tensor, which is then there.</summary>
    public void CheckPlace(FrameHeader header)
    {
        if (TensorBytesLeft == 0 || TensorBytesLeft != Message.TensorBytes)
        {
            throw new WireException(
                WireFault.OutOfOrder, $"a place on {stream} where no tensor begins");
        }

        if (header.PayloadBytes != TensorPlace.Bytes || header.Value != 0
            || Message.Encoding != TensorEncoding.Binary32)
        {
            throw new WireException(
                WireFault.Malformed,
                $"a place of {header.PayloadBytes} bytes for a tensor in {Message.Encoding}");
        }
    }

    public Memory<byte> NextRoom => Room.IsEmpty ? Room : Room[^TensorBytesLeft..];

    /// <summary>A chunk is there.</summary>
    /// <param name="bytes">Of the chunk.</param>
    /// <param name="isReturned">Its credit is given back already.</param>
    public void EndChunk(int bytes, bool isReturned)
    {
        TensorBytesLeft -= bytes;
        CreditBytes += isReturned ? 0 : bytes;
    }

    /// <summary>The whole tensor is there.</summary>
    /// <param name="bytes">Of payload that told where.</param>
    /// <param name="isReturned">Its credit is given back already.</param>
    public void EndPlace(int bytes, bool isReturned)
    {
        TensorBytesLeft = 0;
        CreditBytes += isReturned ? 0 : bytes;
    }

    /// <summary>Nothing of the tensor is held any more.</summary>
    public void Clear()
    {
        TensorBytesLeft = 0;
        Room = default;
        Message = default;
    }
}
