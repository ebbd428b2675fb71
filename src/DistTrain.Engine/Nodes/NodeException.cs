namespace DistTrain.Engine;

/// <summary>A node cannot start or go on, for a reason outside the program: the message says what
/// it is and, where it can be helped, how.</summary>
public sealed class NodeException : Exception
{
    public NodeException(string message)
        : base(message)
    {
    }

    public NodeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
