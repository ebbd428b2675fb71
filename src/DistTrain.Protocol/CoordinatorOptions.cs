namespace DistTrain.Protocol;

/// <summary>Where a run starts, and when.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Workers to wait for before the first step. Later the run goes on with any
    /// number; with none it waits for one to join.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>Tells the coordinators of a run apart, 0 or more: each has a higher number than
    /// those before it. Of two that both think they lead, the later one does.</summary>
    public int Number { get; init; }

    /// <summary><see cref="RestoreSource.Initial"/> or
    /// <see cref="RestoreSource.Checkpoint"/>.</summary>
    public RestoreSource Source { get; init; } = RestoreSource.Initial;

    /// <summary>The version to start from; that of the checkpoint, or 0. A coordinator that finds
    /// slices at work goes on from there, and comes back to this if they are lost.</summary>
    public long Version { get; init; }

    internal CoordinatorOptions Checked(RunPlan plan)
    {
        bool isInitial = Source == RestoreSource.Initial && Version == 0;
        bool isCheckpoint = Source == RestoreSource.Checkpoint
            && Version >= 0 && Version <= plan.TotalSteps;
        if (MinWorkers < 1 || Number < 0 || !(isInitial || isCheckpoint))
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
