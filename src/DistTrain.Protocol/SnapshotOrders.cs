namespace DistTrain.Protocol;

/// <summary>
/// What a slice is to copy at which version, until it gets there: snapshots for a checkpoint and
/// the best parameters.
/// </summary>
internal sealed class SnapshotOrders(RunPlan plan)
{
    // The next checkpoint's, ordered ahead, and the one at which a stopped run ends.
    private const int MostOrders = 2;

    private readonly List<long> _snapshots = new(MostOrders);
    private long _bestAt = -1;
    private long _taken;

    /// <summary>The slice starts anew from a version that needs no checkpoint.</summary>
    public void Begin(long version)
    {
        _snapshots.Clear();
        _bestAt = -1;
        _taken = version;
    }

    public void OrderSnapshot(long version)
    {
        if (!_snapshots.Contains(version))
        {
            Invariant.Holds(_snapshots.Count < MostOrders, "one checkpoint is ordered ahead");
            _snapshots.Add(version);
        }
    }

    public void OrderBest(long version) => _bestAt = version;

    /// <summary>
    /// Invariant: no slice passes a checkpoint's version without a snapshot of it. So the order
    /// may come late, after the steps beyond were allowed, and none is ever missed.
    /// </summary>
    public bool MayLeave(long version) =>
        version <= _taken || !plan.IsCheckpoint(version);

    /// <summary>Carries out the orders for the version held now.</summary>
    public void CarryOut(
        SliceId slice, Generation generation, long version, IList<Effect> effects)
    {
        if (_bestAt == version)
        {
            _bestAt = -1;
            effects.Add(new CopyToBest(generation, version));
            effects.Add(new SendToCoordinator(new BestKept(slice, generation, version)));
        }

        if (_snapshots.Remove(version))
        {
            _taken = version;
            effects.Add(new SaveSnapshot(generation, version));
        }
    }
}
