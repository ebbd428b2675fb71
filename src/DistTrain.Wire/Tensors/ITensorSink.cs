using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// The engine's room for tensors that come: the wire writes them there, without a copy.
/// </summary>
public interface ITensorSink
{
    /// <summary>Asked when a message has come and before its tensor does.</summary>
    /// <param name="message">The message, whose own handle means nothing yet.</param>
    /// <param name="tensor">What comes.</param>
    /// <param name="handle">What the message will carry when it is passed on.</param>
    /// <param name="room">As many bytes as the tensor has.</param>
    /// <returns>False if there is no room or no use for it: it is dropped with its message.
    /// </returns>
    bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room);

    /// <summary>The tensor has come, in memory of the other end: it may be used there instead of
    /// being copied to the room that was rented.</summary>
    /// <param name="handle">Of <see cref="TryRent"/>.</param>
    /// <param name="tensor">The callee's, which gives it back when it is done with it.</param>
    /// <returns>False: it is to be copied; then it stays the caller's.</returns>
    bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) => false;

    /// <summary>The rest of the tensor will not come; nothing was passed on.</summary>
    void Abandon(TensorHandle handle);
}

/// <summary>A tensor that is announced.</summary>
/// <param name="Encoding">How its elements will stand there.</param>
/// <param name="Bytes">1 element or more.</param>
/// <param name="Recipient">The role of this node that its message is for.</param>
/// <param name="Note">What the other engine attached; a copy.</param>
public readonly record struct TensorDescription(
    TensorEncoding Encoding, int Bytes, int Recipient = 0, ReadOnlyMemory<byte> Note = default)
{
    public int Elements => Bytes / Encoding.ElementBytes();
}
