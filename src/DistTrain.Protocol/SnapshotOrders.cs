namespace DistTrain.Protocol;

/// <summary>
/// What a slice is to copy at which version, until it gets there: snapshots for a checkpoint and
/// the best parameters. The newest snapshot is kept until it is done with, to be streamed again.
/// </summary>
internal sealed class SnapshotOrders(RunPlan plan)
{
    // The next checkpoint's, ordered ahead, and the one at which a stopped run ends.
    private const int MostOrders = 2;
    private const long None = -1;

    private readonly List<long> _ordered = new(MostOrders);
    private long _bestAt = None;

    // Up to here no snapshot is needed any more.
    private long _passed;
    private long _kept = None;

    /// <summary>The snapshot kept, else the newest ordered; −1: none.</summary>
    public long Newest => _kept != None || _ordered.Count == 0 ? _kept : _ordered.Max();

    /// <summary>The slice starts anew from a version that needs no checkpoint.</summary>
    public void Begin(long version, IList<Effect> effects)
    {
        Forget(effects);
        _ordered.Clear();
        _bestAt = None;
        _passed = version;
    }

    /// <summary>Another coordinator leads. It knows nothing of a stop, and may judge the epoch that
    /// ends at the version held or at the next: a copy of that version is of before, and void, as
    /// one would be that was ordered of it.</summary>
    public void Adopt(long version, IList<Effect> effects)
    {
        _ordered.RemoveAll(v => !plan.IsCheckpoint(v) || plan.IsEpochEnd(v));
        _bestAt = None;
        if (_kept == version)
        {
            Forget(effects);
            _passed = version - 1;
        }
    }

    /// <summary>A version kept is streamed again; one to come, or held now, is ordered.</summary>
    public void OrderSnapshot(long version, Generation generation, IList<Effect> effects)
    {
        if (version == _kept)
        {
            effects.Add(new StreamSnapshot(generation, version));
            return;
        }

        if (_ordered.Contains(version))
        {
            return;
        }

        // Whoever orders the next has done with the one before.
        Forget(effects);
        if (_ordered.Count == MostOrders)
        {
            _ordered.Remove(_ordered.Min());
        }

        _ordered.Add(version);
    }

    public bool Keeps(long version) => version == _kept;

    public void OrderBest(long version) => _bestAt = version;

    /// <summary>The checkpoint of this version is on disk, or given up.</summary>
    public void OnDone(long version, IList<Effect> effects)
    {
        _ordered.Remove(version);
        _passed = Math.Max(_passed, version);
        if (_kept == version)
        {
            Forget(effects);
        }
    }

    /// <summary>
    /// Invariant: no slice passes a checkpoint's version without a snapshot of it, unless that
    /// checkpoint is given up. So the order may come late, after the steps beyond were allowed, and
    /// none is ever missed. An order of a later one says that this one is done with.
    /// </summary>
    public bool MayLeave(long version) =>
        version <= _passed || !plan.IsCheckpoint(version)
        || _ordered.Exists(later => later > version);

    /// <summary>Carries out the orders for the version held now.</summary>
    /// <returns>True if the best parameters were copied.</returns>
    public bool CarryOut(Generation generation, long version, IList<Effect> effects)
    {
        bool isBest = _bestAt == version;
        if (isBest)
        {
            _bestAt = None;
            effects.Add(new CopyToBest(generation, version));
        }

        if (_ordered.Remove(version))
        {
            _passed = Math.Max(_passed, version);
            _kept = version;
            effects.Add(new SaveSnapshot(generation, version));
        }

        return isBest;
    }

    private void Forget(IList<Effect> effects)
    {
        if (_kept != None)
        {
            effects.Add(new ForgetSnapshot(_kept));
            _kept = None;
        }
    }
}
