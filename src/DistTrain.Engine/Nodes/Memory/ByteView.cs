using System.Buffers;
using System.Runtime.InteropServices;

namespace DistTrain.Engine;

/// <summary>Numbers as the bytes that they are in memory, for a socket; nothing is copied.
/// </summary>
internal sealed class ByteView<T>(Memory<T> values) : MemoryManager<byte>
    where T : struct
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(values.Span);

    public override MemoryHandle Pin(int elementIndex = 0) =>
        throw new NotSupportedException("what a socket is given stands in pinned arrays already");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
