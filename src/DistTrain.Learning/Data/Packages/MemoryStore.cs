namespace DistTrain.Learning;

/// <summary>
/// A package where no disk is to be had. Memory is taken for what has come, not for what was
/// announced.
/// </summary>
internal sealed class MemoryStore : PackageStore
{
    private readonly List<(long Start, byte[] Bytes)> _parts = [];
    private long _bytes;

    public override long Bytes => _bytes;

    /// <summary>What has come of it elsewhere.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static MemoryStore CopyOf(PackageStore other)
    {
        var copy = new MemoryStore();
        byte[] block = new byte[Math.Min(other.Bytes, PackageLimits.BlockBytes)];
        while (copy.Bytes < other.Bytes)
        {
            int count = (int)Math.Min(block.Length, other.Bytes - copy.Bytes);
            other.Read(copy.Bytes, block.AsSpan(0, count));
            copy.Append(block.AsSpan(0, count));
        }

        return copy;
    }

    public override void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _bytes - destination.Length);
        for (int i = PartAt(offset); !destination.IsEmpty; i++)
        {
            (long start, byte[] bytes) = _parts[i];
            ReadOnlySpan<byte> rest = bytes.AsSpan((int)(offset - start));
            rest = rest[..Math.Min(rest.Length, destination.Length)];
            rest.CopyTo(destination);
            destination = destination[rest.Length..];
            offset += rest.Length;
        }
    }

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _parts.Add((_bytes, bytes.ToArray()));
            _bytes += bytes.Length;
        }
    }

    public override void Restart()
    {
        _parts.Clear();
        _bytes = 0;
    }

    public override void Keep()
    {
    }

    public override void Dispose() => Restart();

    /// <summary>The last part that does not begin behind the offset.</summary>
    private int PartAt(long offset)
    {
        int low = 0;
        int high = _parts.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _parts[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
