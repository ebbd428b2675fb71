namespace DistTrain.Simulation;

/// <summary>What can be busy, or waited for, in a step.</summary>
public enum ScalingBound
{
    /// <summary>A worker's thread computes gradients.</summary>
    WorkerComputes,

    /// <summary>A parameter server publishes.</summary>
    ServerSends,

    /// <summary>A parameter server takes contributions in.</summary>
    ServerReceives,

    /// <summary>A parameter server's thread combines and updates.</summary>
    ServerComputes,

    /// <summary>A worker pushes.</summary>
    WorkerSends,

    /// <summary>A worker takes parameters in.</summary>
    WorkerReceives,

    /// <summary>Bits are on their way, twice in a step.</summary>
    Latency,
}
