namespace DistTrain.Learning;

/// <summary>What one contribution brings to a parameter slice.</summary>
/// <param name="First">First microbatch of the tree node.</param>
/// <param name="End">Behind its last microbatch.</param>
/// <param name="Gradient">The node's gradient, over the slice's interval.</param>
/// <param name="Metrics">The node's metrics, the same for every slice.</param>
public readonly record struct NodeGradient(
    int First, int End, ReadOnlyMemory<float> Gradient, BatchMetrics Metrics);
