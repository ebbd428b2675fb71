using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>A worker's look at what the slices of its own process publish. One gradient, whole,
/// is every slice's.</summary>
internal sealed class SharedWorkerMemory(SharedMemory shared, int slices) : IWorkerMemory
{
    /// <summary>Always there: see <see cref="ParameterBlocks"/> about who reads too late.</summary>
    public bool TryBeginRead(
        long version, ImmutableArray<TensorHandle> parameters, out ReadOnlyMemory<float> values)
    {
        values = shared.Blocks.MemoryOf(version);
        return true;
    }

    public void EndRead(ImmutableArray<TensorHandle> parameters)
    {
    }

    public GradientBuffer Rent(WorkerId worker, Basis basis, long step, TreeNode node) =>
        shared.Gradients.Rent(worker, basis, step, node);

    public ImmutableArray<TensorHandle> HandlesOf(GradientBuffer finished)
    {
        var handles = new TensorHandle[slices];
        Array.Fill(handles, finished.Handle);
        return ImmutableCollectionsMarshal.AsImmutableArray(handles);
    }

    public TensorHandle Add(EvaluationId evaluation, EvaluationMetrics metrics) =>
        shared.Evaluations.Add(evaluation, metrics);

    public void Clear()
    {
    }
}
