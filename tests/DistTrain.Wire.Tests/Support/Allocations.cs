namespace DistTrain.Wire.Tests;

/// <summary>Bytes that an action allocates on this thread.</summary>
internal static class Allocations
{
    /// <summary>The least of three times: the runtime counts what it sets aside for a thread, and
    /// now and then makes something once, but what the action allocates comes every time.
    /// </summary>
    public static long Of(Action action, long expectedAtMost)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 3 && least > expectedAtMost; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
