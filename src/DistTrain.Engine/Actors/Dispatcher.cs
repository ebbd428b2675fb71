namespace DistTrain.Engine;

/// <summary>
/// Runs actors on a fixed number of threads, each actor on the thread that it is at home on.
/// Ends once, for one reason: the run's end, a bug, or because nothing can happen any more.
/// </summary>
internal sealed class Dispatcher : IOutsideWork
{
    private static readonly object Stopped = new();

    // Over who sleeps and what is under way outside; never taken while all threads are busy.
    private readonly Lock _gate = new();
    private readonly ComputeThread[] _threads;
    private readonly Func<string> _describeAll;
    private int _asleep;
    private int _outside;

    // The exception, or Stopped; null while the run goes on.
    private object? _end;

    /// <param name="threads">Compute threads, 1 or more.</param>
    /// <param name="describeAll">State of every actor, for the report of a deadlock.</param>
    /// <param name="spins">Threads without work spin before they sleep. Right where each has a core
    /// and what it waits for comes from another thread of this process.</param>
    public Dispatcher(int threads, Func<string> describeAll, bool spins = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _describeAll = describeAll;
        bool haveCores = spins && threads <= Environment.ProcessorCount;
        _threads = new ComputeThread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new ComputeThread(this, i, spins: haveCores);
        }
    }

    public ReadOnlySpan<ComputeThread> Threads => _threads;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>The bug that ended it, if one did.</summary>
    public Exception? Failure => Volatile.Read(ref _end) as Exception;

    /// <summary>Gives an actor its home, at any time.</summary>
    public ComputeThread Adopt(Actor actor, int thread)
    {
        ComputeThread home = _threads[thread % _threads.Length];
        lock (_gate)
        {
            home.Adopt(actor);
        }

        return home;
    }

    /// <summary>Starts the threads and returns when all have ended.</summary>
    public void Run()
    {
        Thread[] started = [.. _threads.Select(thread => thread.Start())];
        foreach (Thread thread in started)
        {
            thread.Join();
        }
    }

    /// <summary>Something is under way that will post a message: until <see cref="End"/> the
    /// silence of the actors is no deadlock.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _outside++;
        }
    }

    /// <summary>It has posted.</summary>
    public void End()
    {
        lock (_gate)
        {
            _outside--;
            FailIfStuck();
        }
    }

    /// <summary>Puts the calling thread to sleep until a message comes for an actor of its.
    /// </summary>
    public void Park(ComputeThread thread)
    {
        lock (_gate)
        {
            thread.IsAsleep = true;
            _asleep++;
            if (HasEnded || thread.HasWork)
            {
                thread.IsAsleep = false;
                _asleep--;
                return;
            }

            FailIfStuck();
        }

        thread.Sleep();
    }

    public void Wake(ComputeThread thread)
    {
        lock (_gate)
        {
            if (thread.IsAsleep)
            {
                thread.IsAsleep = false;
                _asleep--;
                thread.LetSleeperGo();
            }
        }
    }

    /// <summary>An actor that has work and no thread, or null. Where its home is busy only one
    /// that may move counts: the others have short turns, and a home to be warm in.</summary>
    public Actor? FirstInNeed(int besides)
    {
        for (int i = 1; i < _threads.Length; i++)
        {
            ComputeThread thread = _threads[(besides + i) % _threads.Length];
            bool isBusy = thread.IsBusy;
            IReadOnlyList<Actor> actors = thread.Actors;
            for (int j = 0; j < actors.Count; j++)
            {
                Actor actor = actors[j];
                if (actor.HasWork && !actor.IsRunning && (actor.MayMove || !isBusy))
                {
                    return actor;
                }
            }
        }

        return null;
    }

    /// <summary>Every thread ends after the message that it is at.</summary>
    public void Stop() => TryEnd(Stopped);

    /// <summary>Like <see cref="Stop"/>, for a bug. Only the first reason counts.</summary>
    public void Fail(Exception failure) => TryEnd(failure);

    private void TryEnd(object reason)
    {
        if (Interlocked.CompareExchange(ref _end, reason, null) is null)
        {
            foreach (ComputeThread thread in _threads)
            {
                Wake(thread);
            }
        }
    }

    // Under the gate. A thread that sleeps has woken whom it had sent messages to.
    private void FailIfStuck()
    {
        bool isStuck = _asleep == _threads.Length && _outside == 0 && !HasEnded
            && !Array.Exists(_threads, thread => thread.HasWork);
        if (isStuck)
        {
            Fail(new InvariantException(
                $"the run is stuck, no message is under way: {_describeAll()}"));
        }
    }
}
