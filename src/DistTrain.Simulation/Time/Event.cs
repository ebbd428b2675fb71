namespace DistTrain.Simulation;

/// <summary>Something that happens at a time: a message arrives, a tick is due, a fault begins.
/// </summary>
/// <param name="Node">Where; −1: to the world as a whole.</param>
/// <param name="Process">If not null, the process that must still run there.</param>
/// <param name="Host">If not null, the role for which an answer of its own engine is meant.</param>
/// <param name="From">The node that sent it; −1: none.</param>
/// <param name="To">The role, or the engine, that it is for.</param>
/// <param name="What">The message.</param>
internal readonly record struct Event(
    int Node, Process? Process, RoleHost? Host, int From, Address To, object What);

/// <summary>Whom a message is for.</summary>
internal enum Role
{
    Engine,
    Coordinator,
    Slice,
    Worker,
}

/// <summary>A role of the run; <paramref name="Id"/> is 0 for coordinator and engine.</summary>
internal readonly record struct Address(Role Role, int Id)
{
    public static readonly Address Engine = new(Role.Engine, 0);

    public static readonly Address Coordinator = new(Role.Coordinator, 0);

    public static Address Slice(int id) => new(Role.Slice, id);

    public static Address Worker(int id) => new(Role.Worker, id);

    public override string ToString() => Role switch
    {
        Role.Engine => "engine",
        Role.Coordinator => "coordinator",
        Role.Slice => $"slice {Id}",
        _ => $"worker {Id}",
    };
}
