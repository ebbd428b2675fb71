namespace DistTrain.Numerics;

/// <summary>
/// A pinned block of numbers that begins on a cache line, or at a place in a page, and may be
/// over-read by one vector: the slack behind the last element belongs to the block and is zero at
/// first.
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
    /// <param name="inPage">So many bytes behind the beginning of a page, whole cache lines and
    /// less than a page; null: on any cache line. For blocks that one pass reads and writes at the
    /// same index, as an update does: the addresses then differ by a known amount in the twelve
    /// bits by which a processor looks for a store that a load depends on, and for a line in its
    /// first-level cache (docs/adr/0022-streams-apart.md).</param>
    /// <exception cref="ArgumentOutOfRangeException">A length or a place that cannot be.
    /// </exception>
    public unsafe AlignedBuffer(int length, int? inPage = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int place = inPage ?? 0;
        if (place < 0 || place >= PageBytes || place % CacheLineBytes != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(inPage), place, "not whole cache lines within a page");
        }

        int alignment = inPage is null ? CacheLineBytes : PageBytes;
        int slack = (alignment + CacheLineBytes) / sizeof(T);
        _array = GC.AllocateArray<T>(checked(length + slack), pinned: true);
        Length = length;

        // Safety: the array is pinned, so its address, and with it the offset, never changes.
        nuint address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_array));
        nuint beyond = (address - (nuint)place) % (nuint)alignment;
        _offset = beyond == 0 ? 0 : (int)(((nuint)alignment - beyond) / (nuint)sizeof(T));
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_offset, Length);

    public Memory<T> Memory => _array.AsMemory(_offset, Length);
}
