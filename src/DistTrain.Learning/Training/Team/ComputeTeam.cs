using System.Runtime.ExceptionServices;
using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Threads that work on one thing together: the caller and Members − 1 others, which live as long
/// as the team. A call gives every member its part and ends when all parts have. A part that its
/// thread has not begun when another one is done is the other's: so a thread that the system does
/// not run holds up nobody, unless it is in the midst of a part. One caller at a time. A call
/// allocates nothing.
/// </summary>
public sealed class ComputeTeam : IDisposable
{
    // Numbers between the claims on two parts: a cache line.
    private const int ClaimStride = 16;

    private readonly TeamThread[] _threads;

    // The last call in which the part was begun. All have begun in a call that is over, so a thread
    // that comes late for it finds nothing to claim.
    private readonly int[] _claims;
    private readonly ThreadPark _callersPark;
    private readonly Func<bool> _areDone;
    private readonly ExceptionDispatchInfo?[] _failures;
    private Action<int>? _work;
    private bool _isForEach;
    private int _calls;
    private int _partsLeft;
    private int _isBusy;
    private bool _hasEnded;

    /// <param name="members">Threads with the caller's, 1 … <see cref="RecipeLimits.Workers"/>.
    /// </param>
    /// <param name="name">Of the threads, before their numbers.</param>
    /// <param name="spins">A thread without work looks for some for a while before it sleeps; it
    /// never does where there are more members than cores. False: others need the cores then.
    /// </param>
    /// <exception cref="InvalidOperationException">This processor changes results.</exception>
    public ComputeTeam(int members, string name = "compute", bool spins = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members, RecipeLimits.Workers);
        spins &= members <= Environment.ProcessorCount;
        _callersPark = new ThreadPark(spins);
        _areDone = () => Volatile.Read(ref _partsLeft) == 0;
        _failures = new ExceptionDispatchInfo?[members];
        _claims = new int[members * ClaimStride];
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
            RunOnEach(static _ => RequireDenormals());
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
    /// Has the work done for every number below <see cref="Members"/>: by the member of that
    /// number, of which the caller is 0, or by another that is done before. What a part throws is
    /// thrown here, of the first part that threw, when all have ended.
    /// </summary>
    /// <param name="work">Kept by the caller, so that a call allocates nothing.</param>
    /// <exception cref="InvalidOperationException">The team is at work already.</exception>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void Run(Action<int> work) => Run(work, isForEach: false);

    /// <summary>The same, each part by its own member: where it matters which thread it is.
    /// </summary>
    internal void RunOnEach(Action<int> work) => Run(work, isForEach: true);

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

    /// <summary>One member's part of a call, and what others have not begun then.</summary>
    internal void Work(int member, int call)
    {
        for (int i = 0; i < Members && (i == 0 || !_isForEach); i++)
        {
            int part = (member + i) % Members;
            if (TryClaim(part, call))
            {
                DoPart(part);
                if (Interlocked.Decrement(ref _partsLeft) == 0)
                {
                    _callersPark.Wake();
                    return; // no look at the claims, which other cores have written
                }
            }
        }
    }

    private void Run(Action<int> work, bool isForEach)
    {
        ArgumentNullException.ThrowIfNull(work);
        Enter();
        try
        {
            _work = work;
            _isForEach = isForEach;
            _partsLeft = Members;
            Work(0, Call());

            // Invariant: a part that was claimed ends, whatever it does.
            _callersPark.WaitUntil(_areDone);
            _work = null;
            ThrowFirstFailure();
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private bool TryClaim(int part, int call)
    {
        ref int claim = ref _claims[part * ClaimStride];
        int before = unchecked(call - 1);
        return Volatile.Read(ref claim) == before
            && Interlocked.CompareExchange(ref claim, call, before) == before;
    }

    private void DoPart(int part)
    {
        try
        {
            _work!(part);
        }
#pragma warning disable CA1031 // The caller gets it, whatever it is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failures[part] = ExceptionDispatchInfo.Capture(e);
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

    /// <returns>Its number.</returns>
    private int Call()
    {
        int call = Interlocked.Increment(ref _calls);
        foreach (TeamThread thread in _threads)
        {
            thread.Wake();
        }

        return call;
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
