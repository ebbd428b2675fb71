namespace DistTrain.Engine;

/// <summary>A role on a dispatcher of this engine.</summary>
internal sealed class RoleActor<T> : Actor<T>, IOwnMailbox<T>
    where T : class
{
    private readonly Role<T> _role;

    /// <param name="role">What it runs; it is this actor's from now on.</param>
    /// <param name="dispatcher">Runs it.</param>
    /// <param name="place">Where it is at home.</param>
    /// <param name="capacity">Of its mailbox.</param>
    public RoleActor(Role<T> role, Dispatcher dispatcher, Place place, int capacity)
        : base(role.Name, dispatcher, place, capacity)
    {
        _role = role;
        role.Own = this;
    }

    void IOwnMailbox<T>.Answer(T message) => Answer(message);

    protected override void Receive(T message) => _role.Receive(message);

    protected override void OnTick() => _role.OnTick();
}
