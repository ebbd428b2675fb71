namespace DistTrain.Wire;

/// <summary>Who sends a message: an engine refuses one from a node that has not that role.
/// </summary>
public enum Role
{
    Coordinator,

    /// <summary>A parameter slice.</summary>
    ParameterServer,

    Worker,

    /// <summary>The engine of the node that hosts the coordinator.</summary>
    Head,

    /// <summary>The engine of any node.</summary>
    Node,
}
