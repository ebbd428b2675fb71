using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>All tensors that a node sends, from where they stand.</summary>
internal sealed class NodeTensors : ITensorSource
{
    // What a message carries whose tensor says nothing.
    private static readonly byte[] Nothing = new byte[sizeof(double)];

    public Documents Documents { get; } = new();

    /// <summary>The slices here, once a run is known; else null.</summary>
    public HostedSlices? Slices { get; set; }

    /// <summary>The worker's tensors, once a run is known; else null.</summary>
    public NodeWorkerMemory? Worker { get; set; }

    public TensorPayload Open(TensorHandle tensor)
    {
        NodeHandle handle = NodeHandle.Of(tensor);
        return handle.Kind switch
        {
            TensorKind.Published or TensorKind.Norms => Slices!.Open(handle),
            TensorKind.Gradient or TensorKind.Evaluation => Worker!.Open(handle),
            TensorKind.Document => Documents.Open(tensor),
            0 => new TensorPayload(TensorEncoding.Binary64, Nothing),
            _ => throw new InvariantException($"{handle.Kind} is not sent"),
        };
    }

    public void Close(TensorHandle tensor)
    {
        NodeHandle handle = NodeHandle.Of(tensor);
        switch (handle.Kind)
        {
            case TensorKind.Published:
                Slices?.Close(handle);
                break;
            case TensorKind.Gradient:
                Worker?.Close(handle);
                break;
            case TensorKind.Document:
                Documents.Remove(tensor);
                break;
        }
    }
}
