namespace DistTrain.Protocol;

/// <summary>
/// Which checkpoint to order next. One is under way at a time; a slice waits at the version of
/// the next until it is ordered, so a slow disk slows the run rather than filling the memory.
/// Within an epoch a checkpoint is ordered ahead; at an epoch's end only after it was judged.
/// </summary>
internal sealed class CheckpointSchedule(RunPlan plan)
{
    private const long None = long.MaxValue;

    private long _next = None;
    private long _judged;
    private bool _isFinishing;

    /// <summary>The version ordered and not answered yet.</summary>
    public long? UnderWay { get; private set; }

    /// <summary>The newest version on disk that every slice has got to; −1: none.</summary>
    public long Saved { get; private set; } = -1;

    /// <summary>The run starts at a version, which may be on disk already.</summary>
    public void Begin(long version, bool isOnDisk)
    {
        UnderWay = null;
        _isFinishing = false;
        Saved = isOnDisk ? version : -1;
        _judged = version;
        _next = plan.NextCheckpoint(version);
    }

    /// <summary>Another coordinator ordered checkpoints before; the slices go on.</summary>
    /// <param name="lowest">The lowest version that a slice holds.</param>
    /// <param name="saved">The newest version known to be on disk; −1: none.</param>
    /// <param name="copied">A version that every slice has a copy of or can still copy; −1: none.
    /// </param>
    /// <param name="judged">Epochs that end up to here are judged.</param>
    public void Resume(long lowest, long saved, long copied, long judged)
    {
        // A later one was made before a restore: slices have yet to get there.
        Saved = saved <= lowest ? saved : -1;
        UnderWay = null;
        _isFinishing = false;
        bool isUseful = copied > saved && copied > 0 && plan.IsCheckpoint(copied);
        _next = isUseful && copied < lowest ? copied
            : lowest > 0 && plan.IsCheckpoint(lowest) ? lowest
            : plan.NextCheckpoint(lowest);
        _judged = judged;
    }

    /// <summary>The slices go back: nothing is ordered until they are restored, since what was
    /// judged is to be judged again. An answer to the one under way concludes nothing.</summary>
    public void Suspend()
    {
        UnderWay = null;
        _next = None;
    }

    /// <summary>The epoch that ends at this version is judged and its best kept.</summary>
    public void OnJudged(long version) => _judged = version;

    /// <summary>The run goes no further than this version and ends with its checkpoint.</summary>
    public void FinishAt(long version)
    {
        _isFinishing = true;
        if (UnderWay > version)
        {
            UnderWay = null;
        }

        _next = Saved == version || UnderWay == version ? None : version;
    }

    /// <summary>The version to order now, if one is due and none under way.</summary>
    public long? TakeDue()
    {
        bool mustBeJudged = plan.IsEpochEnd(_next) && !_isFinishing;
        if (_next == None || UnderWay is not null || (mustBeJudged && _next > _judged))
        {
            return null;
        }

        UnderWay = _next;
        bool isLast = _isFinishing || _next >= plan.TotalSteps;
        _next = isLast ? None : plan.NextCheckpoint(_next);
        return UnderWay;
    }

    /// <returns>False if this version was not under way.</returns>
    public bool TryConclude(long version, bool isSaved)
    {
        if (UnderWay != version)
        {
            return false;
        }

        UnderWay = null;
        Saved = isSaved ? version : Saved;
        return true;
    }
}
