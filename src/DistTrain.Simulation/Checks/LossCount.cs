using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Counts what the faults of a run led to.</summary>
internal sealed class LossCount : Observer
{
    private readonly HashSet<Generation> _restores = [];

    public bool LostSlice { get; private set; }

    public bool LostCoordinator { get; private set; }

    public bool RolledBack => _restores.Count > 1;

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        for (int i = 0; i < effects.Count; i++)
        {
            if (effects[i] is LoadState { Source: not RestoreSource.Best } load)
            {
                _restores.Add(load.Generation);
            }
        }
    }

    public override void OnHosting(long time, RoleHost role, bool begins)
    {
        if (begins)
        {
            return;
        }

        LostSlice |= role is SliceHost { State.Version: >= 0 };
        LostCoordinator |= role is CoordinatorHost;
    }
}
