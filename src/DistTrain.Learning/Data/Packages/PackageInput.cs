using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistTrain.Learning;

/// <summary>
/// Fields of a package, in order. No length is believed before it was compared with what is left:
/// memory is taken only for what is there.
/// </summary>
internal sealed class PackageInput(IPackageSource source)
{
    private long _offset;

    public long Left => source.Bytes - _offset;

    public byte[] Bytes(long count, string what)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Require(count, 1, what));
        Fill(bytes);
        return bytes;
    }

    public int[] Ints(long count, string what)
    {
        int[] numbers = GC.AllocateUninitializedArray<int>(Require(count, sizeof(int), what));
        FillNumbers(numbers);
        LittleEndian.Swap(numbers);
        return numbers;
    }

    public float[] Floats(long count, string what)
    {
        float[] numbers =
            GC.AllocateUninitializedArray<float>(Require(count, sizeof(float), what));
        FillNumbers(MemoryMarshal.Cast<float, int>(numbers.AsSpan()));
        LittleEndian.Swap(numbers);
        return numbers;
    }

    public long Int64(string what)
    {
        Require(1, sizeof(long), what);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>A number in [least, most].</summary>
    public int Int32(int least, int most, string what)
    {
        Require(1, sizeof(int), what);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes);
        int value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return value >= least && value <= most
            ? value
            : throw Malformed($"{what} is {value:N0}, not in {least:N0} … {most:N0}");
    }

    public static DataException Malformed(string detail, Exception? inner = null)
    {
        string message =
            $"The data package is malformed: {detail}. It was made by another version of " +
            "disttrain, or by something else: run one version everywhere.";
        return inner is null ? new DataException(message) : new DataException(message, inner);
    }

    private int Require(long count, int itemBytes, string what) =>
        count >= 0 && count <= Array.MaxLength && count * itemBytes <= Left
            ? (int)count
            : throw Malformed(
                $"{what} should be {count:N0} × {itemBytes} bytes, but {Left:N0} are left");

    /// <summary>In blocks: a span of bytes ends at 2 GiB, the numbers may not.</summary>
    private void FillNumbers(Span<int> numbers)
    {
        while (!numbers.IsEmpty)
        {
            int count = Math.Min(numbers.Length, PackageLimits.BlockBytes);
            Fill(MemoryMarshal.AsBytes(numbers[..count]));
            numbers = numbers[count..];
        }
    }

    private void Fill(Span<byte> destination)
    {
        source.Read(_offset, destination);
        _offset += destination.Length;
    }
}
