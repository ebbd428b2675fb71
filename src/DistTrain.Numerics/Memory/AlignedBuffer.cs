namespace DistTrain.Numerics;

/// <summary>
/// A pinned block of numbers that begins on a cache line and may be over-read by one vector: the
/// slack behind the last element belongs to the block and is zero at first.
/// </summary>
public sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int CacheLineBytes = 64;

    private readonly T[] _array;
    private readonly int _offset;

    /// <param name="length">Elements, 0 or more.</param>
    public unsafe AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int slack = CacheLineBytes / sizeof(T);
        _array = GC.AllocateArray<T>(checked(length + (2 * slack)), pinned: true);
        Length = length;

        // Safety: the array is pinned, so its address, and with it the offset, never changes.
        nuint address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_array));
        nuint misaligned = address % CacheLineBytes;
        _offset = misaligned == 0 ? 0 : (int)((CacheLineBytes - misaligned) / (nuint)sizeof(T));
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_offset, Length);

    public Memory<T> Memory => _array.AsMemory(_offset, Length);
}
