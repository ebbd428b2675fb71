using System.Runtime.ExceptionServices;
using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Threads that work on one thing together: the caller and Members − 1 others, which live as long
/// as the team. A call gives every member its part and ends when all parts have. One caller at a
/// time. A call allocates nothing.
/// </summary>
public sealed class ComputeTeam : IDisposable
{
    private readonly TeamThread[] _threads;
    private readonly ThreadPark _callersPark;
    private readonly Func<bool> _areDone;
    private readonly ExceptionDispatchInfo?[] _failures;
    private Action<int>? _work;
    private int _calls;
    private int _partsLeft;
    private int _isBusy;
    private bool _hasEnded;

    /// <param name="members">Threads with the caller's, 1 … <see cref="RecipeLimits.Workers"/>.
    /// </param>
    /// <param name="name">Of the threads, before their numbers.</param>
    /// <exception cref="InvalidOperationException">This processor changes results.</exception>
    public ComputeTeam(int members, string name = "compute")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members, RecipeLimits.Workers);
        bool spins = members <= Environment.ProcessorCount;
        _callersPark = new ThreadPark(spins);
        _areDone = () => Volatile.Read(ref _partsLeft) == 0;
        _failures = new ExceptionDispatchInfo?[members];
        _threads =
        [
            .. Enumerable.Range(1, members - 1).Select(
                member => new TeamThread(this, member, $"{name} {member}", spins)),
        ];
        foreach (TeamThread thread in _threads)
        {
            thread.Start();
        }

        try
        {
            Run(static _ => RequireDenormals());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Threads, with the caller's.</summary>
    public int Members => _failures.Length;

    /// <summary>How often the threads were called.</summary>
    internal int Calls => Volatile.Read(ref _calls);

    internal bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>
    /// Has every member do the work that belongs to its number; the caller is member 0. What a
    /// member throws is thrown here, of the first member that threw, when all have ended.
    /// </summary>
    /// <param name="work">Kept by the caller, so that a call allocates nothing.</param>
    /// <exception cref="InvalidOperationException">The team is at work already.</exception>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void Run(Action<int> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Enter();
        try
        {
            _work = work;
            _partsLeft = _threads.Length;
            Call();
            DoPart(0);

            // Invariant: every thread that was called says that it is done, whatever its part does.
            _callersPark.WaitUntil(_areDone);
            _work = null;
            ThrowFirstFailure();
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <summary>Ends the threads and waits for that.</summary>
    /// <exception cref="InvalidOperationException">The team is at work.</exception>
    public void Dispose()
    {
        if (HasEnded)
        {
            return;
        }

        Enter();
        Volatile.Write(ref _hasEnded, true);
        Call();
        foreach (TeamThread thread in _threads)
        {
            thread.Join();
        }

        Volatile.Write(ref _isBusy, 0);
    }

    internal void DoPart(int member)
    {
        try
        {
            _work!(member);
        }
#pragma warning disable CA1031 // The caller gets it, whatever it is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failures[member] = ExceptionDispatchInfo.Capture(e);
        }
    }

    internal void PartDone()
    {
        if (Interlocked.Decrement(ref _partsLeft) == 0)
        {
            _callersPark.Wake();
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(HasEnded, this);
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
        {
            throw new InvalidOperationException("The team is at work already.");
        }
    }

    private void Call()
    {
        Interlocked.Increment(ref _calls);
        foreach (TeamThread thread in _threads)
        {
            thread.Wake();
        }
    }

    private void ThrowFirstFailure()
    {
        ExceptionDispatchInfo? first = null;
        for (int member = _failures.Length - 1; member >= 0; member--)
        {
            first = _failures[member] ?? first;
            _failures[member] = null;
        }

        first?.Throw();
    }

    private static void RequireDenormals()
    {
        if (!DenormalCheck.Works())
        {
            throw new InvalidOperationException(
                "this processor is set to flush denormal numbers to zero, which changes results");
        }
    }
}
