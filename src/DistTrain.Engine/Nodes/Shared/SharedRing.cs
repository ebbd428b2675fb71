namespace DistTrain.Engine;

/// <summary>
/// Bytes from one process to another, in order, through memory that both have mapped. One thread
/// writes and one reads, at either end; neither waits here.
/// <para>
/// Invariant: an end alone raises its own count and keeps it for itself too; of the other's it
/// believes nothing that the capacity does not allow. Counts and flags lie in cache lines of their
/// own.
/// </para>
/// </summary>
/// <param name="start">Safety: <see cref="TotalBytes"/> mapped for as long as this is used, aligned
/// to 8 bytes.</param>
internal sealed unsafe class SharedRing(byte* start)
{
    /// <summary>More than a caller writes before it hands over, and a share of a core's L2.
    /// </summary>
    public const int Capacity = 1 << 20;

    /// <summary>Of the memory, in all.</summary>
    public const int TotalBytes = HeadBytes + Capacity;

    private const int HeadBytes = 4 * LineBytes;
    private const int LineBytes = 128;
    private const int WrittenAt = 0;
    private const int ReadAt = LineBytes;
    private const int ReaderWaitsAt = 2 * LineBytes;
    private const int WriterWaitsAt = 3 * LineBytes;

    private long _written;
    private long _read;

    /// <summary>Of the reader: there is something to read.</summary>
    public bool HasBytes => Unread() > 0;

    /// <summary>Of the writer: there is room.</summary>
    public bool HasRoom => Room > 0;

    /// <summary>Of the writer: how many bytes it may write.</summary>
    public int Room => Capacity - Checked(_written - Volatile.Read(ref At(ReadAt)));

    /// <summary>Takes what there is.</summary>
    /// <returns>How many bytes, perhaps none.</returns>
    /// <exception cref="IOException">The other end has written nonsense.</exception>
    public int Read(Span<byte> buffer)
    {
        int bytes = Math.Min(buffer.Length, Unread());
        int place = (int)(_read % Capacity);
        int first = Math.Min(bytes, Capacity - place);
        Data(place, first).CopyTo(buffer);
        Data(0, bytes - first).CopyTo(buffer[first..]);
        _read += bytes;
        Volatile.Write(ref At(ReadAt), _read); // the bytes before they may be overwritten
        return bytes;
    }

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>How many bytes, perhaps none.</returns>
    /// <exception cref="IOException">The other end has written nonsense.</exception>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        int place = (int)(_written % Capacity);
        int first = Math.Min(count, Capacity - place);
        bytes[..first].CopyTo(Data(place, first));
        bytes[first..count].CopyTo(Data(0, count - first));
        _written += count;
        Volatile.Write(ref At(WrittenAt), _written); // the bytes before their count
        return count;
    }

    /// <summary>Of the reader: what is written from now on is to be told. It looks once more before
    /// it waits.</summary>
    public void AwaitBytes() => Set(ReaderWaitsAt);

    /// <summary>Of the writer, likewise: what is read.</summary>
    public void AwaitRoom() => Set(WriterWaitsAt);

    /// <summary>Of the writer, once it has written: whether the reader is to be told.</summary>
    public bool TakeReaderWaits() => Take(ReaderWaitsAt);

    /// <summary>Of the reader, once it has read: whether the writer is to be told.</summary>
    public bool TakeWriterWaits() => Take(WriterWaitsAt);

    private int Unread() => Checked(Volatile.Read(ref At(WrittenAt)) - _read);

    private void Set(int flag)
    {
        Volatile.Write(ref At(flag), 1);
        Interlocked.MemoryBarrier(); // before it looks once more
    }

    /// <summary>Who awaits sets the flag and then looks at the count; this changed the count and
    /// then looks at the flag: one of both sees the other.</summary>
    private bool Take(int flag)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref At(flag)) == 0)
        {
            return false;
        }

        Volatile.Write(ref At(flag), 0);
        return true;
    }

    /// <summary>Safety: the constants above are within <see cref="HeadBytes"/>.</summary>
    private ref long At(int place) => ref *(long*)(start + place);

    /// <summary>Safety: callers stay within <see cref="Capacity"/>.</summary>
    private Span<byte> Data(int place, int bytes) => new(start + HeadBytes + place, bytes);

    private static int Checked(long bytes) => bytes is >= 0 and <= Capacity
        ? (int)bytes
        : throw new IOException("the other end has spoilt the memory that both share");
}
