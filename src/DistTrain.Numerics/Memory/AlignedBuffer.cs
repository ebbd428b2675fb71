namespace DistTrain.Numerics;

/// <summary>
/// A pinned block of numbers that begins on a cache line, or on a page, and may be over-read by one
/// vector: the slack behind the last element belongs to the block and is zero at first.
/// </summary>
public sealed class AlignedBuffer<T>
    where T : unmanaged
{
    /// <summary>Of a page.</summary>
    public const int PageBytes = 4096;

    private const int CacheLineBytes = 64;

    private readonly T[] _array;
    private readonly int _offset;

    /// <param name="length">Elements, 0 or more.</param>
    /// <param name="onPage">Begins on a page. For blocks that one pass reads and writes at the same
    /// index, as an update does: their addresses then agree in the twelve bits by which a processor
    /// first looks for a store that a load depends on. A load that is a few cache lines ahead of a
    /// store, but for a multiple of 4 KB, waits for it: an update whose blocks lie 64 … 192 bytes
    /// apart so takes 1.1 to 1.6 times as long (AMD Zen 4).</param>
    public unsafe AlignedBuffer(int length, bool onPage = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int alignment = onPage ? PageBytes : CacheLineBytes;
        int slack = (alignment + CacheLineBytes) / sizeof(T);
        _array = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        Length = length;

        // Safety: the array is pinned, so its address, and with it the offset, never changes.
        nuint address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_array));
        nuint misaligned = address % (nuint)alignment;
        _offset = misaligned == 0 ? 0 : (int)(((nuint)alignment - misaligned) / (nuint)sizeof(T));
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_offset, Length);

    public Memory<T> Memory => _array.AsMemory(_offset, Length);
}
