using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>The tensors of a lane in the direction in which there are none.</summary>
internal sealed class OneWay : ITensorSource, ITensorSink
{
    public static OneWay Instance { get; } = new();

    public TensorPayload Open(TensorHandle handle) =>
        throw new InvariantException("a lane sends one way only");

    public void Close(TensorHandle handle)
    {
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        handle = default;
        room = default;
        return false;
    }

    public void Abandon(TensorHandle handle)
    {
    }
}
