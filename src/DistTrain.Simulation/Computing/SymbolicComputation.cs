using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Computes with hashes: a gradient is a hash of (step, microbatch, slice, parameters).
/// </summary>
internal sealed class SymbolicComputation : IComputation
{
    // What a leaf is a hash of besides: a gradient or the metrics of one of the sets.
    private const long GradientKind = 0;

    private readonly RunPlan _plan;
    private readonly int _patience;

    /// <param name="plan">The run's shape.</param>
    /// <param name="patience">Epochs without an improvement until the run stops early.</param>
    public SymbolicComputation(RunPlan plan, int patience)
    {
        _plan = plan;
        _patience = patience;
        Oracle = Oracle.Run(plan, this);
    }

    public Oracle Oracle { get; }

    public string FinalHash => $"{Oracle.FinalHash:x16}";

    public ISliceState NewSlice(int slice) => new SymbolicSlice(_plan, slice, _patience);

    public ImmutableArray<TensorHandle> Gradient(
        long step, TreeNode node, ImmutableArray<TensorHandle> parameters)
    {
        long all = Symbol.Of(parameters);
        var gradients = new TensorHandle[_plan.Slices];
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = new(Symbol.OfNode(node, GradientKind, step, i, all));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(gradients);
    }

    public TensorHandle Metrics(
        EvaluationSet set, long version, TreeNode node,
        ImmutableArray<TensorHandle> parameters) =>
        new(Symbol.OfNode(node, 1 + (int)set, version, 0, Symbol.Of(parameters)));
}
