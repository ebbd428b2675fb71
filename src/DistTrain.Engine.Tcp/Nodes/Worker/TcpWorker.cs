namespace DistTrain.Engine.Tcp;

/// <summary>
/// A worker of a cluster: needs a head's address and the program, nothing else. It waits for the
/// head, whether that has not started yet, is restarted, or cannot be reached for a while.
/// </summary>
public static class TcpWorker
{
    /// <summary>Works until the run is over, until it is let go after <paramref name="stop"/>, or
    /// until the head was away for too long.</summary>
    /// <param name="options">What it is to know.</param>
    /// <param name="stop">Leaves in order: what it is needed for is finished first.</param>
    public static NodeOutcome Run(TcpNodeOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var node = new WorkerNode(options);
        return node.Run(stop);
    }
}
