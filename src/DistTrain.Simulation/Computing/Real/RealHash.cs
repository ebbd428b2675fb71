using System.Runtime.InteropServices;

namespace DistTrain.Simulation;

/// <summary>A quick hash of bits, to compare what one program holds; not stored anywhere.
/// </summary>
internal static class RealHash
{
    public static long Of(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        ulong hash = (ulong)bits.Length;
        foreach (int word in bits)
        {
            hash = (hash ^ (uint)word) * 0xD6E8FEB86659FD93;
            hash ^= hash >> 29;
        }

        return (long)hash;
    }

    public static long Of(double value) => BitConverter.DoubleToInt64Bits(value);
}
