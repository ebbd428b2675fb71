using System.Diagnostics;
using DistTrain.Numerics;

namespace DistTrain.Engine;

/// <summary>
/// One of a dispatcher's threads and the actors at home on it. It looks at their mailboxes, one
/// after another, round and round: no queue of the ready stands between a sender and a receiver,
/// and what an actor works on stays in the caches of one core. Without work it spins for a while,
/// runs what another thread does not get to, and then sleeps until a message comes for it.
/// </summary>
/// <param name="dispatcher">Knows the other threads.</param>
/// <param name="number">From 0.</param>
/// <param name="spins">Spin before sleeping: right where every thread has a core.</param>
#pragma warning disable CA1001 // A SemaphoreSlim that nobody asked for its handle holds nothing.
internal sealed class ComputeThread(Dispatcher dispatcher, int number, bool spins)
#pragma warning restore CA1001
{
    // Waking a thread costs 14–26 µs and all others wait for it, a hand-off to a spinning one
    // under 0.3 µs: so the spinning lasts over the unevenness of a step's parts. Where another
    // program has taken a core, this one is offered to whoever waits for it, ours or not.
    private static readonly long SpinTicks = Stopwatch.Frequency / 5_000;
    private static readonly long YieldTicks = Stopwatch.Frequency / 100_000;

    // Longer than a hand-off takes, so that no message is heard on another core for no reason.
    private static readonly long PatienceTicks = Stopwatch.Frequency / 500_000;

    // Replaced, never changed: other threads read it without a lock.
    private volatile Actor[] _actors = [];
    private readonly SemaphoreSlim _wakeUp = new(0);
    private bool _isAsleep;
    private bool _isBusy;
    private bool _isAbsent;

    // What waits for another thread, and the turns it had had when that was seen.
    private Actor? _waiting;
    private int _waitingTurns;

    /// <summary>Where a sender looks after it has posted; changed under the dispatcher's gate.
    /// </summary>
    public bool IsAsleep
    {
        get => Volatile.Read(ref _isAsleep);
        set => Interlocked.Exchange(ref _isAsleep, value);
    }

    /// <summary>An actor has its turn.</summary>
    public bool IsBusy => Volatile.Read(ref _isBusy);

    /// <summary>It did not come for what waited: the operating system gave its core to others, or
    /// it is just being woken. Until it is back, the others run its actors at once.</summary>
    public bool IsAbsent => Volatile.Read(ref _isAbsent);

    public IReadOnlyList<Actor> Actors => _actors;

    public bool HasWork => Array.Exists(_actors, actor => actor.HasWork);

    /// <summary>Under the dispatcher's gate.</summary>
    public void Adopt(Actor actor) => _actors = [.. _actors, actor];

    public Thread Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = $"compute {number}" };
        thread.Start();
        return thread;
    }

    /// <summary>To be called after a message was added for an actor at home here. The message can
    /// be seen before sleep is looked for, and a thread says that it sleeps before it looks for
    /// messages: one of the two sees the other.</summary>
    public void WakeIfAsleep()
    {
        if (IsAsleep)
        {
            dispatcher.Wake(this);
        }
    }

    public void LetSleeperGo() => _wakeUp.Release();

    public void Sleep() => _wakeUp.Wait();

    /// <summary>To be called on every thread that computes, before it does.</summary>
    public static void RequireDenormals()
    {
        if (!DenormalCheck.Works())
        {
            throw new InvariantException(
                "this processor is set to flush denormal numbers to zero, which changes results");
        }
    }

    private void Run()
    {
        try
        {
            RequireDenormals();
            while (!dispatcher.HasEnded)
            {
                if (!TryRunOwn())
                {
                    Idle();
                }
            }
        }
#pragma warning disable CA1031 // Whatever an actor throws ends the run, not the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            dispatcher.Fail(e);
        }
    }

    private bool TryRunOwn()
    {
        if (IsAbsent)
        {
            Volatile.Write(ref _isAbsent, false);
        }

        return TryRunAll(_actors);
    }

    /// <returns>True if one of them had work.</returns>
    private bool TryRunAll(Actor[] actors)
    {
        bool hasRun = false;
        for (int i = 0; i < actors.Length && !dispatcher.HasEnded; i++)
        {
            hasRun |= TryRun(actors[i]);
        }

        return hasRun;
    }

    private bool TryRun(Actor actor)
    {
        if (!actor.HasWork)
        {
            return false;
        }

        Volatile.Write(ref _isBusy, true);
        bool hasRun = actor.TryRun();
        Volatile.Write(ref _isBusy, false);
        return hasRun;
    }

    /// <summary>Until there was, or may be, something to do.</summary>
    private void Idle()
    {
        long now = Stopwatch.GetTimestamp();
        long sleepAt = now + (spins ? SpinTicks : 0);
        long helpAt = now + PatienceTicks;
        long yieldAt = now + YieldTicks;
        while (!dispatcher.HasEnded && !TryRunOwn() && !TryStandIn())
        {
            now = Stopwatch.GetTimestamp();
            if (now >= helpAt)
            {
                if (TryHelp())
                {
                    return;
                }

                helpAt = now + PatienceTicks;
            }

            if (now >= sleepAt)
            {
                dispatcher.Park(this);
                return;
            }

            if (now >= yieldAt)
            {
                Thread.Yield();
                yieldAt = now + YieldTicks;
            }

            Thread.SpinWait(1);
        }
    }

    /// <summary>Runs the actors of absent threads.</summary>
    private bool TryStandIn()
    {
        bool hasRun = false;
        foreach (ComputeThread thread in dispatcher.Threads)
        {
            hasRun |= thread.IsAbsent && TryRunAll(thread._actors);
        }

        return hasRun;
    }

    /// <summary>Runs an actor of another thread that has waited since the look before this one.
    /// </summary>
    private bool TryHelp()
    {
        Actor? waiting = dispatcher.FirstInNeed(besides: number);
        if (waiting is null || waiting != _waiting || waiting.Turns != _waitingTurns)
        {
            _waiting = waiting;
            _waitingTurns = waiting?.Turns ?? 0;
            return false;
        }

        _waiting = null;
        if (!waiting.Home.IsBusy)
        {
            Volatile.Write(ref waiting.Home._isAbsent, true);
        }

        return TryRun(waiting);
    }
}
