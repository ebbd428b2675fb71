using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistTrain.Learning;

/// <summary>
/// A run of a package's bytes: equal items, each of which can be written without those before it.
/// Any thread may read; nothing is allocated.
/// </summary>
internal abstract class PackageSection(long items, int itemBytes)
{
    public long Length { get; } = items * itemBytes;

    /// <summary>Fills the destination with the section's bytes from the offset on.</summary>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>The item that holds the offset, and which of its bytes are wanted.</summary>
    protected (int Item, Range Within) At(long offset, int wanted)
    {
        (long item, long start) = Math.DivRem(offset, itemBytes);
        int count = Math.Min(wanted, itemBytes - (int)start);
        return ((int)item, (int)start..((int)start + count));
    }
}

/// <summary>Bytes that are known when the package is made.</summary>
internal sealed class FixedSection(byte[] bytes) : PackageSection(bytes.Length, 1)
{
    public override void Read(long offset, Span<byte> destination) =>
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
}

/// <summary>The values of a data set of bytes.</summary>
internal sealed class ByteSection(Dataset set) : PackageSection(set.Count, set.Features)
{
    public override void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            (int sample, Range within) = At(offset, destination.Length);
            ReadOnlySpan<byte> part = set.ReadBytes(sample)[within];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }
}

/// <summary>The values of a data set of numbers: binary32, little-endian.</summary>
internal sealed class FloatSection(Dataset set)
    : PackageSection(set.Count, checked(sizeof(float) * set.Features))
{
    public override void Read(long offset, Span<byte> destination)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(set.Features);
        Span<float> numbers = rented.AsSpan(0, set.Features);
        while (!destination.IsEmpty)
        {
            (int sample, Range within) = At(offset, destination.Length);
            set.ReadFloats(sample, numbers);
            LittleEndian.Swap(numbers);
            ReadOnlySpan<byte> part = MemoryMarshal.AsBytes(numbers)[within];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}

/// <summary>The labels of a data set: int32, little-endian.</summary>
internal sealed class LabelSection(Dataset set) : PackageSection(set.Count, sizeof(int))
{
    public override void Read(long offset, Span<byte> destination)
    {
        Span<byte> label = stackalloc byte[sizeof(int)];
        while (!destination.IsEmpty)
        {
            (int sample, Range within) = At(offset, destination.Length);
            BinaryPrimitives.WriteInt32LittleEndian(label, set.Label(sample));
            ReadOnlySpan<byte> part = label[within];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }
}
