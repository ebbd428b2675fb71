namespace DistTrain.Engine;

/// <summary>
/// A state machine of the protocol together with what it asks for: arithmetic, memory, files,
/// messages to others. Whoever delivers the messages calls it from one thread at a time: an actor
/// of this engine, or one of another actor system.
/// </summary>
internal abstract class Role<T>(string name)
    where T : class
{
    private IOwnMailbox<T>? _own;

    /// <summary>For people.</summary>
    public string Name { get; } = name;

    /// <summary>Where results of the role's own work go. Set before the first message.</summary>
    public IOwnMailbox<T> Own
    {
        protected get => _own ?? throw new InvariantException($"nobody runs {Name}");
        set => _own = value;
    }

    /// <summary>A message is heard, and all is done that follows from it at once.</summary>
    public abstract void Receive(T message);

    /// <summary>Time has passed.</summary>
    public virtual void OnTick()
    {
    }
}

/// <summary>A role's way to itself.</summary>
internal interface IOwnMailbox<in T>
{
    /// <summary>From within the role's turn: the result of what it was asked to do. It is heard
    /// next, before what waits in the mailbox.</summary>
    void Answer(T message);

    /// <summary>The same, behind what waits in the mailbox.</summary>
    void Post(T message);
}
