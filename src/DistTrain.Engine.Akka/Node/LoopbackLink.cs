using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A node's way to itself: a message is handled when it is sent, its tensor copied to where one
/// that came from another node would stand.
/// </summary>
internal sealed class LoopbackLink(Address self, ILaneHandler handler) : IMessageLink
{
    public bool TrySend(object message, WireStream? stream = null, int recipient = 0)
    {
        MessageFormat format = MessageCodec.FormatOf(message);
        object? whole = format.HasTensor ? Carry(format, message, recipient) : message;
        if (whole is not null)
        {
            handler.OnMessage(
                self,
                new IncomingMessage(
                    whole, format.From, stream ?? format.Stream, CreditBytes: 0, recipient),
                this);
        }

        return true;
    }

    public void Close(string cause)
    {
        // There is nothing between a node and itself.
    }

    /// <returns>The message with the tensor's copy; null if there is no use for it.</returns>
    private object? Carry(MessageFormat format, object message, int recipient)
    {
        TensorHandle sent = format.TensorOf(message);
        TensorPayload payload = handler.Source.Open(sent);
        try
        {
            var tensor = new TensorDescription(
                payload.Encoding, payload.Bytes.Length, recipient, payload.Note);
            if (!handler.SinkFor(self).TryRent(
                message, tensor, out TensorHandle handle, out Memory<byte> room))
            {
                return null;
            }

            payload.Bytes.CopyTo(room);
            return format.WithTensor(message, handle);
        }
        finally
        {
            handler.Source.Close(sent);
        }
    }
}
