namespace DistTrain.Engine.Akka;

/// <summary>Dispatchers of config/akka.common.conf.</summary>
internal static class Dispatchers
{
    /// <summary>A thread for each actor: workers and slices compute, heads write files.</summary>
    public const string Compute = "disttrain.compute-dispatcher";
}
