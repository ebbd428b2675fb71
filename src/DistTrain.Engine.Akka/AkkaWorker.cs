namespace DistTrain.Engine.Akka;

/// <summary>
/// A worker of a cluster on Akka.NET: needs the heads' addresses and the program, nothing else.
/// </summary>
public static class AkkaWorker
{
    /// <summary>Works until the run is over, until it is let go after <paramref name="stop"/>, or
    /// until no coordinator was there for too long.</summary>
    /// <param name="options">What it is to know.</param>
    /// <param name="stop">Leaves in order: what it is needed for is finished first.</param>
    /// <exception cref="NodeException">It cannot listen there, or the run is none that it can
    /// work for.</exception>
    public static NodeOutcome Run(AkkaNodeOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var node = new WorkerProcess(options);
        return node.Run(stop);
    }
}
