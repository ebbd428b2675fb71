using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistTrain.Learning;

/// <summary>Numbers between this machine's order of bytes and that of packages.</summary>
internal static class LittleEndian
{
    /// <summary>To or from little-endian; nothing to do on most machines.</summary>
    public static void Swap(Span<float> numbers) => Swap(MemoryMarshal.Cast<float, int>(numbers));

    /// <inheritdoc cref="Swap(Span{float})"/>
    public static void Swap(Span<int> numbers)
    {
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
        }
    }
}
