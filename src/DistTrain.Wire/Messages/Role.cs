namespace DistTrain.Wire;

/// <summary>Who sends a message: an engine refuses one from a node that has not that role.
/// </summary>
public enum Role
{
    Coordinator,

    /// <summary>A parameter slice.</summary>
    ParameterServer,

    Worker,
}
