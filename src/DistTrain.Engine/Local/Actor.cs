namespace DistTrain.Engine;

/// <summary>
/// Something that a dispatcher runs: on at most one thread at a time, when it has work.
/// </summary>
internal abstract class Actor(string name, Dispatcher dispatcher)
{
    private const int Idle = 0;
    private const int Scheduled = 1;

    private int _state;

    public string Name { get; } = name;

    /// <summary>What a person looking for a deadlock wants to know.</summary>
    public abstract string Describe();

    protected Dispatcher Dispatcher { get; } = dispatcher;

    protected abstract bool HasWork { get; }

    /// <summary>Does some of the work, so that others have their turn too.</summary>
    protected abstract void Work();

    /// <summary>To be called after work was added, from any thread.</summary>
    protected void Schedule()
    {
        if (TryBecomeScheduled())
        {
            Dispatcher.Begin();
            Dispatcher.Enqueue(this);
        }
    }

    /// <summary>One turn on a compute thread.</summary>
    internal void Run()
    {
        Work();
        if (HasWork)
        {
            Dispatcher.Enqueue(this);
            return;
        }

        // Work that was added before this line found the actor scheduled, so look once more.
        Interlocked.Exchange(ref _state, Idle);
        if (HasWork && TryBecomeScheduled())
        {
            Dispatcher.Enqueue(this);
            return;
        }

        Dispatcher.End();
    }

    private bool TryBecomeScheduled() =>
        Interlocked.CompareExchange(ref _state, Scheduled, Idle) == Idle;
}

/// <summary>An actor with a mailbox of <typeparamref name="T"/>.</summary>
internal abstract class Actor<T>(string name, Dispatcher dispatcher, int mailboxCapacity)
    : Actor(name, dispatcher)
    where T : class
{
    private const int MessagesATurn = 16;

    private readonly Mailbox<T> _mailbox = new(mailboxCapacity);
    private volatile T? _latest;

    protected override bool HasWork => !_mailbox.IsEmpty;

    /// <summary>From any thread; never blocks. The messages of one sender stay in order.</summary>
    public void Post(T message)
    {
        if (Dispatcher.HasEnded)
        {
            return;
        }

        if (!_mailbox.TryAdd(message))
        {
            Dispatcher.Fail(new InvariantException(
                $"the mailbox of {Name} is full: {_mailbox.Capacity} messages wait and " +
                $"{message.GetType().Name} came"));
            return;
        }

        Schedule();
    }

    public override string Describe() =>
        $"{Name} last heard {_latest?.GetType().Name ?? "nothing"}";

    protected abstract void Receive(T message);

    protected sealed override void Work()
    {
        for (int i = 0; i < MessagesATurn && !Dispatcher.HasEnded; i++)
        {
            if (!_mailbox.TryTake(out T? message))
            {
                return;
            }

            _latest = message;
            Receive(message);
        }
    }
}
