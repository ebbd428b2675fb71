using System.Runtime.InteropServices;

namespace DistTrain.Numerics;

/// <summary>
/// Has Linux hold a block of memory in pages of 2 MB, where samples are read in random order:
/// with pages of 4 KB nearly each one costs a translation of its address that is not at hand. A
/// wish that changes no result: other systems, and kernels that have no such page left, keep what
/// there is.
/// </summary>
/// <remarks>madvise(2). A block that the garbage collector moves later loses its large pages and
/// nothing else.</remarks>
public static unsafe class LargePages
{
    /// <summary>Of a large page where the others have 4 KB; elsewhere nothing is asked for.
    /// </summary>
    public const int PageBytes = 2 * 1024 * 1024;

    private const int UseWhenWritten = 14; // MADV_HUGEPAGE
    private const int MoveNow = 25; // MADV_COLLAPSE, Linux 6.1

    /// <summary>For a block that is written already: its pages are moved together now, at some
    /// 0.4 ms a megabyte.</summary>
    /// <returns>Whether all large pages that fit into the block are there.</returns>
    public static bool TryMove<T>(ReadOnlySpan<T> block)
        where T : unmanaged => TryAdvise(block, MoveNow);

    /// <summary>For a block that has not been written yet: its pages will be large ones where the
    /// system gives them to who asks (/sys/kernel/mm/transparent_hugepage/enabled).</summary>
    /// <returns>Whether the system has taken the wish.</returns>
    public static bool TryPrefer<T>(ReadOnlySpan<T> block)
        where T : unmanaged => TryAdvise(block, UseWhenWritten);

    private static bool TryAdvise<T>(ReadOnlySpan<T> block, int advice)
        where T : unmanaged
    {
        nuint length = (nuint)block.Length * (nuint)sizeof(T);
        if (!OperatingSystem.IsLinux() || length < PageBytes
            || Environment.SystemPageSize != AlignedBuffer<T>.PageBytes)
        {
            return false;
        }

        // Safety: advice about whole large pages within the block, which change no content.
        fixed (T* start = block)
        {
            nuint first = ((nuint)start + PageBytes - 1) / PageBytes * PageBytes;
            nuint end = ((nuint)start + length) / PageBytes * PageBytes;
            return first < end && Advise((void*)first, end - first, advice) == 0;
        }
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(void* address, nuint length, int advice);
}
