namespace DistTrain.Engine;

/// <summary>
/// Something that a dispatcher runs: on at most one thread at a time, when it has work.
/// </summary>
internal abstract class Actor
{
    private int _isRunning;
    private int _turns;
    private int _isTickDue;

    /// <param name="name">For people.</param>
    /// <param name="dispatcher">Runs it.</param>
    /// <param name="place">Where it is at home.</param>
    protected Actor(string name, Dispatcher dispatcher, Place place)
    {
        Name = name;
        Dispatcher = dispatcher;
        MayMove = place.MayMove;
        Home = dispatcher.Adopt(this, place.Thread);
    }

    public string Name { get; }

    /// <summary>What a person looking for a deadlock wants to know.</summary>
    public abstract string Describe();

    /// <summary>The thread that it runs on, where it is bound to come to its turn.</summary>
    public ComputeThread Home { get; }

    /// <summary>A thread that has nothing to do runs it when its home is busy with another.
    /// </summary>
    public bool MayMove { get; }

    /// <summary>Turns begun so far.</summary>
    public int Turns => Volatile.Read(ref _turns);

    public bool IsRunning => Volatile.Read(ref _isRunning) != 0;

    /// <summary>Something waits to be heard.</summary>
    public abstract bool HasWork { get; }

    protected Dispatcher Dispatcher { get; }

    /// <summary>Time has passed that it has not heard of.</summary>
    protected bool IsTickDue => Volatile.Read(ref _isTickDue) != 0;

    /// <summary>Time passes; from any thread. Ticks do not pile up: an actor that was busy hears
    /// of one.</summary>
    public void PostTick()
    {
        Interlocked.Exchange(ref _isTickDue, 1);
        Home.WakeIfAsleep();
    }

    protected bool TryTakeTick() =>
        IsTickDue && Interlocked.Exchange(ref _isTickDue, 0) != 0;

    /// <summary>Does some of the work, so that others have their turn too.</summary>
    protected abstract void Work();

    /// <summary>Turns on the calling thread, which is none of the dispatcher's. Who posts while
    /// this lasts finds the actor running and leaves: so it looks once more after each turn.
    /// </summary>
    protected void RunHere()
    {
        try
        {
            ComputeThread.RequireDenormals();
            while (!Dispatcher.HasEnded && TryRun())
            {
                Interlocked.MemoryBarrier();
            }
        }
#pragma warning disable CA1031 // Whatever an actor throws ends the run, not the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Dispatcher.Fail(e);
        }
    }

    /// <summary>One turn on the calling thread.</summary>
    /// <returns>False if there was nothing to do, or another thread is at it.</returns>
    internal bool TryRun()
    {
        if (!HasWork || Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return false;
        }

        _turns++;
        Work();
        Volatile.Write(ref _isRunning, 0);
        return true;
    }
}

/// <summary>Where an actor is at home.</summary>
/// <param name="Thread">Number of the thread; threads are taken in turn, so any number will do.
/// </param>
/// <param name="MayMove">Whether an idle thread may run it when that one is busy.</param>
internal readonly record struct Place(int Thread, bool MayMove = false);

/// <summary>An actor with a mailbox of <typeparamref name="T"/>.</summary>
internal abstract class Actor<T>(
    string name, Dispatcher dispatcher, Place place, int mailboxCapacity)
    : Actor(name, dispatcher, place)
    where T : class
{
    private const int MessagesATurn = 16;

    private readonly Mailbox<T> _mailbox = new(mailboxCapacity);
    private readonly T[] _turn = new T[MessagesATurn];
    private readonly Queue<T> _answers = new();
    private volatile T? _latest;

    public override bool HasWork => !_mailbox.IsEmpty || IsTickDue;

    /// <summary>From any thread; never blocks. The messages of one sender stay in order.</summary>
    public void Post(T message)
    {
        if (TryAdd(message))
        {
            Home.WakeIfAsleep();
        }
    }

    /// <summary>Like <see cref="Post"/>, by a thread that has nothing better to do: unless another
    /// one is at it, it runs the actor itself, until nothing waits. That saves waking a thread.
    /// </summary>
    public void PostAndRun(T message)
    {
        if (TryAdd(message))
        {
            RunHere();
        }
    }

    private bool TryAdd(T message)
    {
        if (Dispatcher.HasEnded)
        {
            return false;
        }

        bool fits = _mailbox.TryAdd(message);
        if (!fits)
        {
            Dispatcher.Fail(new InvariantException(
                $"the mailbox of {Name} is full: {_mailbox.Capacity} messages wait and " +
                $"{message.GetType().Name} came"));
        }

        return fits;
    }

    public override string Describe() =>
        $"{Name} last heard {_latest?.GetType().Name ?? "nothing"}";

    protected abstract void Receive(T message);

    /// <summary>Time has passed.</summary>
    protected virtual void OnTick()
    {
    }

    /// <summary>From within the actor's own turn: the result of what it was asked to do. It is
    /// heard next, before what waits in the mailbox, and costs no synchronisation.</summary>
    protected void Answer(T message) => _answers.Enqueue(message);

    protected sealed override void Work()
    {
        if (TryTakeTick() && !Dispatcher.HasEnded)
        {
            OnTick();
        }

        int messages = _mailbox.Take(_turn);
        for (int i = 0; i < messages && !Dispatcher.HasEnded; i++)
        {
            Hear(_turn[i]);
            while (!Dispatcher.HasEnded && _answers.TryDequeue(out T? answer))
            {
                Hear(answer);
            }
        }
    }

    private void Hear(T message)
    {
        _latest = message;
        Receive(message);
    }
}
