namespace DistTrain.Engine.Akka;

/// <summary>
/// Finds the nodes to ask to be let in, where they are not known when a node is started: in an
/// orchestrator that gives machines their addresses, say. Asked again until the node is up.
/// </summary>
public interface ISeedDiscovery
{
    /// <summary>The nodes that are known now, HOST:PORT each, in an order that is the same for all
    /// who ask: the first one may found the cluster. None: none yet.</summary>
    /// <param name="stop">The node gives up.</param>
    IReadOnlyList<string> Find(CancellationToken stop);
}
