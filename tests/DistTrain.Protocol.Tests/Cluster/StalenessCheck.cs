namespace DistTrain.Protocol.Tests;

/// <summary>
/// What a slice applies was computed for this step, on a version within the bound, and on what
/// that version was since this slice was restored. That each microbatch of a step is in it exactly
/// once <see cref="Symbol.Combine"/> checks.
/// </summary>
internal sealed class StalenessCheck(RunPlan plan)
{
    private readonly Dictionary<(int Slice, Generation Restored, long Version), long> _held = [];
    private readonly Dictionary<(int Slice, long Gradient), (ComputeGradient Work, long On)>
        _computed = [];

    /// <summary>Gradients applied, by how many versions they were behind.</summary>
    public SortedDictionary<long, int> Applied { get; } = [];

    public void OnHeld(int slice, SliceState state) =>
        _held[(slice, state.Restored, state.Version)] = state.Parameters;

    public void OnComputed(ComputeGradient work, GradientComputed result)
    {
        plan.MayCompute(work.Step, work.Basis.Version).ShouldBeTrue($"{work}");
        for (int slice = 0; slice < plan.Slices; slice++)
        {
            _computed[(slice, result.Gradients[slice].Value)] =
                (work, work.Parameters[slice].Value);
        }
    }

    public void OnApply(int slice, ApplyUpdate update)
    {
        foreach (NodeTensor node in update.Nodes)
        {
            (ComputeGradient work, long on) = _computed[(slice, node.Tensor.Value)];
            long behind = work.Step - work.Basis.Version;
            work.Step.ShouldBe(update.Step);
            behind.ShouldBeInRange(0, plan.Staleness);
            on.ShouldBe(_held[(slice, update.Generation, work.Basis.Version)]);
            Applied[behind] = Applied.GetValueOrDefault(behind) + 1;
        }
    }
}
