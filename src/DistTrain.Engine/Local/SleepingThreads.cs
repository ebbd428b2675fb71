using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace DistTrain.Engine;

/// <summary>
/// Where threads without work wait. A thread announces that it will sleep, looks for work once
/// more, then sleeps; whoever adds work wakes one that has announced. So no wake-up is lost, and
/// nobody pays for a system call while all threads are busy.
/// </summary>
/// <param name="spin">Look for work for a while first: right where every thread has a core.</param>
#pragma warning disable CA1001 // A SemaphoreSlim that nobody asked for its handle holds nothing.
internal sealed class SleepingThreads(bool spin)
#pragma warning restore CA1001
{
    // Waking a thread costs 14–26 µs and a hand-off to a spinning one under 0.3 µs, so spinning
    // about twice that long never costs more than three times the best choice.
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000;

    private readonly SemaphoreSlim _permits = new(0);
    private int _announced;

    /// <summary>Looks for work without giving up the core.</summary>
    public bool Spin(ConcurrentQueue<Actor> ready, [MaybeNullWhen(false)] out Actor actor)
    {
        actor = null;
        if (!spin)
        {
            return false;
        }

        long end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            Thread.SpinWait(4);
            if (ready.TryDequeue(out actor))
            {
                return true;
            }
        }
        while (Stopwatch.GetTimestamp() < end);

        return false;
    }

    public void Announce() => Interlocked.Increment(ref _announced);

    /// <summary>After <see cref="Announce"/>, when there was work after all.</summary>
    public void Withdraw()
    {
        if (!TryClaim())
        {
            // Someone is waking this thread already: take the permit that is coming.
            _permits.Wait();
        }
    }

    /// <summary>After <see cref="Announce"/>: until woken.</summary>
    public void Sleep() => _permits.Wait();

    /// <summary>To be called after work was added.</summary>
    public void WakeOne()
    {
        // The work must be visible before the announcements are read, as a thread announces
        // before it looks for work: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (TryClaim())
        {
            _permits.Release();
        }
    }

    /// <summary>Lets every thread through, those to come as well.</summary>
    public void WakeAll(int threads) => _permits.Release(threads);

    private bool TryClaim()
    {
        int announced = Volatile.Read(ref _announced);
        while (announced > 0)
        {
            int seen = Interlocked.CompareExchange(ref _announced, announced - 1, announced);
            if (seen == announced)
            {
                return true;
            }

            announced = seen;
        }

        return false;
    }
}
