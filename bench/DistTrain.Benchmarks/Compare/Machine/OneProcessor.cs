using System.Diagnostics;
using System.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// Holds what runs on one thread to one processor, the same for ours and the peers: the processors
/// of a virtual machine are not alike for minutes, where another guest has a part of one of them.
/// The last one that the program may use, as the first serves most interrupts. Linux alone, and up
/// to 63 processors.
/// </summary>
internal static class OneProcessor
{
    private static readonly nint All = Mask();

    // Bit of the highest processor; 0: not here.
    private static readonly nint One =
        All == 0 ? 0 : (nint)1 << BitOperations.Log2((ulong)All);

    // The timers' thread has all processors if it is there before anything is held to one, and so
    // have the pool's threads, which it starts.
    static OneProcessor() => Task.Delay(1).Wait();

    /// <summary>Runs something on the program's first thread, and on threads that it starts.
    /// </summary>
    public static T Run<T>(Func<T> what)
    {
        using Process own = Process.GetCurrentProcess();
        Set(own, One);
        try
        {
            return what();
        }
        finally
        {
            Set(own, All);
        }
    }

    /// <summary>Holds another program, whose first thread computes.</summary>
    public static void Hold(Process process) => Set(process, One);

    private static nint Mask()
    {
        using Process own = Process.GetCurrentProcess();
        return OperatingSystem.IsLinux() && Environment.ProcessorCount < 64
            ? own.ProcessorAffinity
            : 0;
    }

    private static void Set(Process process, nint mask)
    {
        if (OperatingSystem.IsLinux() && mask != 0)
            process.ProcessorAffinity = mask;
    }
}
