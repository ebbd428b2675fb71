namespace DistTrain.Simulation;

/// <summary>One role on a machine of its own: a thread, and a port that sends and receives at
/// once.</summary>
internal sealed class Machine(Address address, IRole role)
{
    public Address Address { get; } = address;

    public IRole Role { get; } = role;

    public Resource Thread { get; } = new();

    public Resource Sending { get; } = new();

    public Resource Receiving { get; } = new();
}
