using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>What slices are restored from: the whole state at one version.</summary>
/// <param name="Version">Updates applied.</param>
/// <param name="Parameters">(parameters)</param>
/// <param name="FirstMoment">(parameters), or empty.</param>
/// <param name="SecondMoment">(parameters), or empty.</param>
/// <param name="Best">The best parameters so far; null: none.</param>
/// <param name="Stopping">Early stopping's state.</param>
/// <param name="History">The epochs so far.</param>
internal sealed record SavedState(
    long Version, float[] Parameters, float[] FirstMoment, float[] SecondMoment,
    BestParameters? Best, EarlyStoppingState Stopping, HistoryState History)
{
    public static SavedState Of(Checkpoint from) => new(
        from.Version, from.Parameters, from.FirstMoment, from.SecondMoment, from.Best,
        from.Stopping, from.History);

    public static SavedState Of(Snapshot from) => new(
        from.Version, from.Parameters, from.FirstMoment, from.SecondMoment,
        from.BestVersion is { } best ? new BestParameters(best, from.BestParameters) : null,
        from.Stopping!, from.History!);
}
