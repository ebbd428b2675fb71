using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Where the tensors of a worker are: parameters that were published, gradients that it computes.
/// Called by the worker's actor alone, in its turns.
/// </summary>
internal interface IWorkerMemory
{
    /// <summary>The parameters of a version, whole. They stay as they are until
    /// <see cref="EndRead"/>.</summary>
    /// <param name="version">Whose they are.</param>
    /// <param name="parameters">As published, by slice.</param>
    /// <param name="values">(parameters)</param>
    /// <returns>False if newer ones have taken their place.</returns>
    bool TryBeginRead(
        long version, ImmutableArray<TensorHandle> parameters, out ReadOnlyMemory<float> values);

    void EndRead(ImmutableArray<TensorHandle> parameters);

    /// <summary>A buffer for a gradient, to be finished or abandoned.</summary>
    GradientBuffer Rent(WorkerId worker, Basis basis, long step, TreeNode node);

    /// <summary>What the contributions to each slice carry.</summary>
    ImmutableArray<TensorHandle> HandlesOf(GradientBuffer finished);

    /// <summary>What the contribution to an evaluation carries.</summary>
    TensorHandle Add(EvaluationId evaluation, EvaluationMetrics metrics);

    /// <summary>The worker begins anew and holds nothing.</summary>
    void Clear();
}
