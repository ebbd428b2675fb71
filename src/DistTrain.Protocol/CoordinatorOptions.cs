namespace DistTrain.Protocol;

/// <summary>Where a run starts, and when.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Workers to wait for before the first step. Later the run goes on with any
    /// number; with none it waits for one to join.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>The generation of the first restore, 1 or more.</summary>
    public Generation FirstGeneration { get; init; } = new(1);

    /// <summary><see cref="RestoreSource.Initial"/> or
    /// <see cref="RestoreSource.Checkpoint"/>.</summary>
    public RestoreSource Source { get; init; } = RestoreSource.Initial;

    /// <summary>The version to start from; that of the checkpoint, or 0.</summary>
    public long Version { get; init; }

    /// <summary>The version of the best copy in the checkpoint; null: it has none.</summary>
    public long? BestVersion { get; init; }

    /// <summary>What the checkpoint says of the epoch that ended at <see cref="Version"/>; looked
    /// at only where an epoch ended there.</summary>
    public EpochVerdict Verdict { get; init; } = EpochVerdict.Continue;

    internal CoordinatorOptions Checked(RunPlan plan)
    {
        bool isInitial = Source == RestoreSource.Initial && Version == 0;
        bool isCheckpoint = Source == RestoreSource.Checkpoint
            && Version >= 0 && Version <= plan.TotalSteps;
        if (MinWorkers < 1 || FirstGeneration.Value < 1 || !(isInitial || isCheckpoint))
        {
            throw new ArgumentException($"The coordinator's options contradict the run: {this}.");
        }

        return this;
    }
}

/// <summary>How the epoch that ended at a checkpoint was judged.</summary>
public enum EpochVerdict
{
    /// <summary>Not yet: the run was stopped before its evaluation was done.</summary>
    Open,

    /// <summary>The run goes on, if epochs are left.</summary>
    Continue,

    /// <summary>Early stopping ends the run there.</summary>
    Stop,
}
