namespace DistTrain.Protocol;

/// <summary>The newest that the coordinator knows of each slice.</summary>
internal sealed class SliceViews(RunPlan plan)
{
    private readonly SliceStatus?[] _views = new SliceStatus?[plan.Slices];
    private readonly (long Incarnation, long Number)[] _heard = new (long, long)[plan.Slices];

    public IReadOnlyList<SliceStatus> All
    {
        get
        {
            Invariant.Holds(
                Array.TrueForAll(_views, view => view is not null), "every slice has answered");
            return _views!;
        }
    }

    /// <summary>The newest incarnation heard of; 0 before any.</summary>
    public long IncarnationOf(SliceId slice) => _heard[slice.Value].Incarnation;

    public bool Knows(SliceId slice) => (uint)slice.Value < (uint)_views.Length;

    public void Set(SliceStatus status)
    {
        _views[status.Slice.Value] = status;
        _heard[status.Slice.Value] = (status.Incarnation, status.Number);
    }

    /// <summary>It comes late: something newer was heard.</summary>
    public bool IsOld(SliceStatus status) =>
        (status.Incarnation, status.Number).CompareTo(_heard[status.Slice.Value]) <= 0;

    /// <summary>The slice has started anew since it was heard last.</summary>
    public bool HasRestarted(SliceStatus status) =>
        status.Incarnation > _heard[status.Slice.Value].Incarnation;

    /// <summary>All hold a version, of one restore: nothing needs to be loaded.</summary>
    public bool AreWhole
    {
        get
        {
            long lowest = All.Min(view => view.Version);
            long highest = All.Max(view => view.Version);
            bool isEnd = All[0].Source == RestoreSource.Best;
            return All.All(view => view.Condition == SliceCondition.Ready
                    && view.Restored == All[0].Restored)
                && highest - lowest <= (isEnd ? 0 : 1);
        }
    }

    /// <summary>A snapshot that every slice has a copy of or can still take; −1: none.</summary>
    public long Copied
    {
        get
        {
            long newest = All.Max(view => view.SnapshotVersion);
            return All.All(v => v.SnapshotVersion == newest || v.Version <= newest) ? newest : -1;
        }
    }
}
