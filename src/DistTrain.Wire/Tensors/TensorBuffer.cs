using System.Runtime.InteropServices;

namespace DistTrain.Wire;

/// <summary>
/// Pinned bytes that begin on a cache line: what a socket fills and what a kernel reads are the
/// same place.
/// </summary>
public sealed class TensorBuffer
{
    public const int AlignmentBytes = 64;

    private readonly byte[] _array;
    private readonly int _offset;

    internal TensorBuffer(int capacityBytes)
    {
        CapacityBytes = capacityBytes;
        _array = GC.AllocateUninitializedArray<byte>(
            checked(capacityBytes + AlignmentBytes), pinned: true);

        // The array is pinned: its address, and with it the offset, never changes.
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _offset = (int)(-address & (AlignmentBytes - 1));
    }

    public int CapacityBytes { get; }

    /// <summary>As many as were rented.</summary>
    public int LengthBytes { get; internal set; }

    public Memory<byte> Bytes => _array.AsMemory(_offset, LengthBytes);

    public Span<float> Floats => MemoryMarshal.Cast<byte, float>(Bytes.Span);
}
