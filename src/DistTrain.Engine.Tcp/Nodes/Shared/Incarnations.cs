namespace DistTrain.Engine.Tcp;

/// <summary>Numbers for slices that begin with nothing: each is higher than all before it, in
/// every process of a run, as long as clocks are within a second of each other between the loss of
/// a slice and its next beginning.</summary>
internal static class Incarnations
{
    private static long _last;

    public static long Next()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        while (true)
        {
            long last = Volatile.Read(ref _last);
            long next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
