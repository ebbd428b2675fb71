using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What a worker computes. The worker asks for it anew when it has thrown; nobody else's.
/// </summary>
internal interface IWorkerArithmetic
{
    /// <summary>The gradient of a node of a step's tree.</summary>
    /// <param name="step">The step.</param>
    /// <param name="node">Of its tree.</param>
    /// <param name="parameters">The flat block of the version that it is computed on.</param>
    /// <param name="gradient">As long.</param>
    BatchMetrics Gradient(
        long step, TreeNode node, ReadOnlyMemory<float> parameters, Memory<float> gradient);

    /// <summary>Loss and confusion of a node of a set's tree.</summary>
    /// <param name="set">The set.</param>
    /// <param name="node">Of its tree.</param>
    /// <param name="version">Whose parameters.</param>
    /// <param name="parameters">The flat block of that version.</param>
    EvaluationMetrics Evaluate(
        Dataset set, TreeNode node, long version, ReadOnlyMemory<float> parameters);
}
