using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Room at the head for tensors that a node sends.</summary>
internal sealed class HeadSink(HostedSlices slices, Documents documents) : ITensorSink
{
    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        switch (message)
        {
            case ParameterServerMessage:
                return slices.TryRent(message, tensor, out handle, out room);
            case SnapshotPart when tensor.Encoding == TensorEncoding.Binary32:
                handle = documents.Rent(tensor, out room);
                return true;
            default:
                return false;
        }
    }

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        slices.TryAdopt(handle, tensor);

    public void Abandon(TensorHandle handle)
    {
        if (NodeHandle.Of(handle).Kind == TensorKind.Document)
        {
            documents.Remove(handle);
        }

        slices.Abandon(handle);
    }
}
