using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// What a slice applies was computed for that step, on a version within the bound, and on what
/// that version was since this slice was restored; no step is applied twice in between. Stands
/// where there is no oracle: stale gradients have no one result.
/// </summary>
internal sealed class StalenessCheck(RunPlan plan) : Observer
{
    private const string Name = "staleness";

    private readonly Dictionary<(RoleHost Worker, long Step, TreeNode Node, Basis Basis),
        ComputeGradient> _begun = [];

    private readonly Dictionary<(int Slice, TensorHandle Gradient), ComputeGradient> _computed = [];
    private readonly Dictionary<(RoleHost Slice, Generation Restored, long Version), long> _held =
        [];

    private readonly Dictionary<RoleHost, (Generation Restored, long Version)> _at = [];

    /// <summary>Gradients applied, by how many versions they were behind.</summary>
    public SortedDictionary<long, long> Applied { get; } = [];

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        if (message is GradientComputed m
            && _begun.TryGetValue((role, m.Step, m.Node, m.Basis), out ComputeGradient? work))
        {
            for (int slice = 0; slice < m.Gradients.Length; slice++)
            {
                _computed[(slice, m.Gradients[slice])] = work;
            }
        }

        for (int i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case ComputeGradient e: _begun[(role, e.Step, e.Node, e.Basis)] = e; break;
                case ApplyUpdate e: Applying(role, e); break;
            }
        }
    }

    public override void OnSliceChanged(
        long time, RoleHost role, Effect by, ISliceState state)
    {
        switch (by)
        {
            case LoadState e: _at[role] = (e.Generation, state.Version); break;
            case ApplyUpdate e: _at[role] = (e.Generation, state.Version); break;
            default: return;
        }

        _held[(role, _at[role].Restored, state.Version)] = state.ParametersHash;
    }

    private void Applying(RoleHost slice, ApplyUpdate update)
    {
        if (!_at.TryGetValue(slice, out (Generation Restored, long Version) at)
            || at != (update.Generation, update.Step))
        {
            throw new CheckFailedException(
                Name, $"{slice.Address} applies step {update.Step} in {update.Generation}, and "
                + $"is at {at.Version} in {at.Restored}");
        }

        foreach (NodeTensor part in update.Nodes)
        {
            if (!_computed.TryGetValue(
                (slice.Address.Id, part.Tensor), out ComputeGradient? work))
            {
                throw new CheckFailedException(
                    Name, $"{slice.Address} applies a gradient of {part.Node} that nobody "
                    + "computed");
            }

            Require(slice, update, work);
        }
    }

    private void Require(RoleHost slice, ApplyUpdate update, ComputeGradient work)
    {
        long version = work.Basis.Version;
        bool isWithin = work.Step == update.Step
            && version <= update.Step && version >= update.Step - plan.Staleness;
        bool isHeld = _held.TryGetValue((slice, update.Generation, version), out long parameters)
            && parameters == work.Parameters[slice.Address.Id].Value;
        if (!isWithin || !isHeld)
        {
            throw new CheckFailedException(
                Name, $"{slice.Address} applies in step {update.Step} a gradient of step "
                + $"{work.Step} on version {version}"
                + (isWithin ? " of another state" : string.Empty));
        }

        long behind = update.Step - version;
        Applied[behind] = Applied.GetValueOrDefault(behind) + 1;
    }
}
