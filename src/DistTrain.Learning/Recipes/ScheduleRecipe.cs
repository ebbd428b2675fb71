namespace DistTrain.Learning;

/// <summary>How the learning rate changes after the warm-up.</summary>
public enum ScheduleKind
{
    Constant,
    Step,
    Exponential,
    Cosine,
}

/// <summary>How the learning rate changes with the steps taken.</summary>
public sealed record ScheduleRecipe
{
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>Step: the rate is multiplied by <see cref="Factor"/> every so many epochs.
    /// </summary>
    public int EveryEpochs { get; init; } = 10;

    /// <summary>Step: factor at each drop. Exponential: factor at the end of each epoch.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Cosine: the rate at the end, as a share of the starting rate.</summary>
    public double FinalShare { get; init; }

    /// <summary>Steps over which the rate grows linearly from 0 first; 0 is none.</summary>
    public int WarmupSteps { get; init; }
}
