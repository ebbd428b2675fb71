using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>A worker's look at what the slices of its own process publish. One gradient, whole,
/// is every slice's.</summary>
/// <param name="shared">Where it looks.</param>
/// <param name="slices">How many there are.</param>
/// <param name="team">Who keeps the parameters, if not the blocks.</param>
internal sealed class SharedWorkerMemory(SharedMemory shared, int slices, TeamState? team = null)
    : IWorkerMemory
{
    /// <summary>Always there: see <see cref="ParameterBlocks"/> about who reads too late. A team
    /// keeps no version but the newest.</summary>
    public bool TryBeginRead(
        long version, ImmutableArray<TensorHandle> parameters, out ReadOnlyMemory<float> values)
    {
        values = shared.Blocks.MemoryOf(version);
        return team is null || team.Holds(version);
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
