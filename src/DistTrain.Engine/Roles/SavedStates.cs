namespace DistTrain.Engine;

/// <summary>
/// The states that this run can go back to: what it was resumed from, its checkpoints on disk, or,
/// where it writes no files, the newest snapshot.
/// </summary>
internal sealed class SavedStates(Checkpoint? resumedFrom)
{
    private readonly Lock _gate = new();
    private SavedState? _newest = resumedFrom is null ? null : SavedState.Of(resumedFrom);

    /// <summary>Reads a checkpoint of this run; null: it writes none.</summary>
    public Func<long, Checkpoint>? Read { get; set; }

    /// <summary>Without files, this is what can be restored from now on.</summary>
    public void Keep(Snapshot snapshot)
    {
        lock (_gate)
        {
            _newest = SavedState.Of(snapshot);
        }
    }

    /// <summary>The newest that was kept or read; null: none yet.</summary>
    public SavedState? Newest
    {
        get
        {
            lock (_gate)
            {
                return _newest;
            }
        }
    }

    /// <summary>Called by every slice; read once.</summary>
    /// <exception cref="CheckpointException">It is not there, or damaged.</exception>
    public SavedState Of(long version)
    {
        lock (_gate)
        {
            if (_newest?.Version == version)
            {
                return _newest;
            }

            if (resumedFrom?.Version == version)
            {
                return SavedState.Of(resumedFrom);
            }

            if (Read is null)
            {
                throw new CheckpointException(
                    $"the state of step {version}", "is not kept, since the run writes no files",
                    "give the run a folder");
            }

            return _newest = SavedState.Of(Read(version));
        }
    }
}
