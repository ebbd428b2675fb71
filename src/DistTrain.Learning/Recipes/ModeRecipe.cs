namespace DistTrain.Learning;

/// <summary>How often workers agree on the parameters.</summary>
public enum ModeKind
{
    /// <summary>In every optimizer step.</summary>
    Sync,

    /// <summary>Once in a round of several optimizer steps of each replica.</summary>
    LocalSteps,

    /// <summary>In every step, on gradients of parameters that may be older by a bound.</summary>
    Stale,
}

/// <summary>How often workers agree, and on what; constants of another kind are ignored.</summary>
public sealed record ModeRecipe
{
    public ModeKind Kind { get; init; } = ModeKind.Sync;

    /// <summary>Local steps: optimizer steps of a replica in a round (DiLoCo's H).</summary>
    public int LocalSteps { get; init; } = 1;

    /// <summary>Local steps: logical replicas (DiLoCo's k), whatever the number of workers.
    /// </summary>
    public int Replicas { get; init; } = 4;

    /// <summary>Local steps: of the step on what the replicas moved on average. DiLoCo's value.
    /// </summary>
    public double OuterLearningRate { get; init; } = 0.7;

    /// <summary>Local steps: of Nesterov's momentum of that step. DiLoCo's value.</summary>
    public double OuterMomentum { get; init; } = 0.9;

    /// <summary>Stale: versions that a gradient may be behind; null: as many as there are workers.
    /// </summary>
    public int? StalenessBound { get; init; } = 0;

    /// <summary>The weights depend on recipe and data alone, to the last bit.</summary>
    public bool IsExact => Kind != ModeKind.Stale || StalenessBound == 0;
}
