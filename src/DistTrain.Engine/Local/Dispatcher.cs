using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using DistTrain.Numerics;

namespace DistTrain.Engine;

/// <summary>
/// Runs actors on a fixed number of threads. An actor with messages waits in one queue for a free
/// thread; a thread without work spins for a moment and then sleeps. Ends once, for one reason:
/// the run's end, a bug, or because nothing can happen any more.
/// </summary>
internal sealed class Dispatcher
{
    private static readonly object Stopped = new();

    private readonly ConcurrentQueue<Actor> _ready = new();
    private readonly SleepingThreads _sleeping;
    private readonly Thread[] _threads;
    private readonly Func<string> _describeAll;

    // Actors that are scheduled or running, and work outside that will post. At 0 no message is
    // anywhere, so nothing can happen.
    private int _underWay;

    // The exception, or Stopped; null while the run goes on.
    private object? _end;

    /// <param name="threads">Compute threads, 1 or more.</param>
    /// <param name="describeAll">State of every actor, for the report of a deadlock.</param>
    public Dispatcher(int threads, Func<string> describeAll)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _describeAll = describeAll;
        _sleeping = new SleepingThreads(spin: threads <= Environment.ProcessorCount);
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = $"compute {i}" };
        }
    }

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>The bug that ended it, if one did.</summary>
    public Exception? Failure => Volatile.Read(ref _end) as Exception;

    /// <summary>Starts the threads and returns when all have ended.</summary>
    public void Run()
    {
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>Something is under way that will post a message: until <see cref="End"/> the
    /// silence of the actors is no deadlock.</summary>
    public void Begin() => Interlocked.Increment(ref _underWay);

    /// <summary>It has posted.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0 && !HasEnded)
        {
            Fail(new InvariantException(
                $"the run is stuck, no message is under way: {_describeAll()}"));
        }
    }

    /// <summary>Puts a scheduled actor in line.</summary>
    public void Enqueue(Actor actor)
    {
        _ready.Enqueue(actor);
        _sleeping.WakeOne();
    }

    /// <summary>Every thread ends after the turn that it is in.</summary>
    public void Stop() => TryEnd(Stopped);

    /// <summary>Like <see cref="Stop"/>, for a bug. Only the first reason counts.</summary>
    public void Fail(Exception failure) => TryEnd(failure);

    private void TryEnd(object reason)
    {
        if (Interlocked.CompareExchange(ref _end, reason, null) is null)
        {
            _sleeping.WakeAll(_threads.Length);
        }
    }

    private void Loop()
    {
        if (!DenormalCheck.Works())
        {
            Fail(new InvariantException(
                "this processor is set to flush denormal numbers to zero, which changes results"));
        }

        while (!HasEnded && TryTake(out Actor? actor))
        {
            try
            {
                actor.Run();
            }
#pragma warning disable CA1031 // Whatever an actor throws ends the run, not the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail(e);
            }
        }
    }

    /// <returns>False when the dispatcher has ended.</returns>
    private bool TryTake([MaybeNullWhen(false)] out Actor actor)
    {
        while (!_ready.TryDequeue(out actor) && !_sleeping.Spin(_ready, out actor))
        {
            if (HasEnded)
            {
                return false;
            }

            _sleeping.Announce();
            if (_ready.TryDequeue(out actor))
            {
                _sleeping.Withdraw();
                return true;
            }

            // An end between the announcement and this line has left a permit.
            _sleeping.Sleep();
        }

        return true;
    }
}
