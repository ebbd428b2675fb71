using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DistTrain.Numerics;

/// <summary>Tells the processor what will be read soon; changes no result.</summary>
public static unsafe class CachePrefetch
{
    private const int LineBytes = 64;

    /// <summary>Asks for bytes to be brought to the second-level cache: there they stay until they
    /// are needed, without pushing out of the first level what is being worked on.</summary>
    public static void ToL2(ReadOnlySpan<byte> bytes)
    {
        if (!Sse.IsSupported || bytes.IsEmpty)
        {
            return;
        }

        // Safety: a prefetch never faults, and reads nothing that the program can see.
        fixed (byte* start = bytes)
        {
            for (int i = 0; i < bytes.Length; i += LineBytes)
            {
                Sse.Prefetch1(start + i);
            }

            Sse.Prefetch1(start + bytes.Length - 1); // a row may end in one line more
        }
    }

    /// <summary>Asks for the line of one address to be brought to the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void LineToL2(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }

    /// <summary>Asks for the line of one address to be brought to the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void LineToL1(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Asks for the lines of a matrix: those that a kernel writes next.</summary>
    internal static void RowsToL2(float* matrix, nint rowStride, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j += LineBytes / sizeof(float))
            {
                LineToL2(matrix + j);
            }

            matrix += rowStride;
        }
    }
}
