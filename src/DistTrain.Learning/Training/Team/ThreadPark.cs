using System.Diagnostics;

namespace DistTrain.Learning;

/// <summary>
/// Where one thread waits for what others do: it spins for a while, then sleeps. What it waits for
/// is to be done with a full fence before <see cref="Wake"/>; the thread says that it sleeps before
/// it looks for the last time: one of the two sees the other.
/// </summary>
/// <param name="spins">Spin before sleeping: right where every thread has a core.</param>
#pragma warning disable CA1001 // A SemaphoreSlim that nobody asked for its handle holds nothing.
internal sealed class ThreadPark(bool spins)
#pragma warning restore CA1001
{
    // As in the local engine: waking a thread costs 14–26 µs, a hand-off to a spinning one less
    // than 1 µs; the parts of a step are uneven by more than that.
    private static readonly long SpinTicks = Stopwatch.Frequency / 5_000;
    private static readonly long YieldTicks = Stopwatch.Frequency / 100_000;

    private readonly SemaphoreSlim _wakeUp = new(0);
    private int _isAsleep;

    public void WaitUntil(Func<bool> isDue)
    {
        long now = Stopwatch.GetTimestamp();
        long sleepAt = now + (spins ? SpinTicks : 0);
        long yieldAt = now + YieldTicks;
        while (!isDue())
        {
            now = Stopwatch.GetTimestamp();
            if (now >= sleepAt)
            {
                Sleep(isDue);
            }
            else if (now >= yieldAt)
            {
                Thread.Yield();
                yieldAt = now + YieldTicks;
            }

            Thread.SpinWait(1);
        }
    }

    public void Wake()
    {
        if (Volatile.Read(ref _isAsleep) == 1 && Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            _wakeUp.Release();
        }
    }

    private void Sleep(Func<bool> isDue)
    {
        Interlocked.Exchange(ref _isAsleep, 1);
        bool isWoken = isDue() && Interlocked.Exchange(ref _isAsleep, 0) == 1;
        if (!isWoken)
        {
            // Not due yet, or due and somebody has already begun to wake this thread.
            _wakeUp.Wait();
        }
    }
}
