using System.Runtime.InteropServices;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// Tensors that are no parameters: put down to be sent once, or received to be read once. They
/// take memory until then, which the credit of the bulk stream bounds.
/// </summary>
internal sealed class Documents
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TensorPayload> _entries = [];
    private int _count = HandleUses.Next();

    /// <summary>Puts a tensor down; it is gone when it has been sent.</summary>
    public TensorHandle Add(TensorEncoding encoding, ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            _count = NodeHandle.NextUse(_count);
            _entries.Add(_count, new TensorPayload(encoding, bytes));
            return new NodeHandle(TensorKind.Document, 0, 0, _count).ToTensor();
        }
    }

    /// <summary>Puts numbers down where they stand: they must not change until they are sent.
    /// </summary>
    public TensorHandle AddFloats(ReadOnlyMemory<float> values) => Add(
        TensorEncoding.Binary32,
        new ByteView<float>(MemoryMarshal.AsMemory(values)).Memory);

    /// <summary>Sends a message with a tensor that was put down for it.</summary>
    /// <returns>False if it will not be sent.</returns>
    public bool TrySend(IMessageLink link, NodeMessage message, TensorHandle tensor)
    {
        bool isQueued = link.TrySend(message);
        if (!isQueued)
        {
            Remove(tensor);
        }

        return isQueued;
    }

    /// <summary>Room for one that comes; the caller has looked at its length.</summary>
    public TensorHandle Rent(TensorDescription tensor, out Memory<byte> room)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(tensor.Bytes);
        room = bytes;
        return Add(tensor.Encoding, bytes);
    }

    public TensorPayload Open(TensorHandle handle)
    {
        lock (_gate)
        {
            return _entries[NodeHandle.Of(handle).Use];
        }
    }

    /// <summary>It was sent, or its rest will not come.</summary>
    public void Remove(TensorHandle handle)
    {
        lock (_gate)
        {
            _entries.Remove(NodeHandle.Of(handle).Use);
        }
    }

    /// <summary>Takes one that has come.</summary>
    public ReadOnlyMemory<byte> Take(TensorHandle handle) =>
        TryTake(handle, out ReadOnlyMemory<byte> bytes)
            ? bytes
            : throw new InvariantException("a document is read twice");

    /// <summary>Takes one that has come, if it was for this table.</summary>
    public bool TryTake(TensorHandle handle, out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            bool isThere = _entries.Remove(NodeHandle.Of(handle).Use, out TensorPayload payload);
            bytes = payload.Bytes;
            return isThere;
        }
    }
}
