namespace DistTrain.Engine.Akka;

/// <summary>
/// A parameter server of a cluster on Akka.NET: hosts the slices that the coordinator places on it.
/// </summary>
public static class AkkaParameterServer
{
    /// <summary>Serves until the run is over, until <paramref name="stop"/>, or until no
    /// coordinator was there for too long.</summary>
    /// <param name="options">What it is to know.</param>
    /// <param name="stop">Leaves; its slices are restored elsewhere.</param>
    /// <exception cref="NodeException">It cannot listen there, or the run is none that it can
    /// serve.</exception>
    public static NodeOutcome Run(AkkaNodeOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var node = new ServerProcess(options);
        return node.Run(stop);
    }
}
