using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>What slices are restored from: the whole state at one version.</summary>
/// <param name="Version">Updates applied.</param>
/// <param name="Parameters">(parameters)</param>
/// <param name="FirstMoment">(parameters), or empty.</param>
/// <param name="SecondMoment">(parameters), or empty.</param>
/// <param name="Best">The best parameters so far; null: none.</param>
/// <param name="Diary">Early stopping's state and the epochs so far.</param>
internal sealed record SavedState(
    long Version, float[] Parameters, float[] FirstMoment, float[] SecondMoment,
    BestParameters? Best, DiaryState Diary)
{
    public static SavedState Of(Checkpoint from) => new(
        from.Version, from.Parameters, from.FirstMoment, from.SecondMoment, from.Best,
        new DiaryState(from.Version, from.Stopping, from.History));

    public static SavedState Of(Snapshot from) => new(
        from.Version, from.Parameters, from.FirstMoment, from.SecondMoment,
        from.BestVersion is { } best ? new BestParameters(best, from.BestParameters) : null,
        from.Diary!);
}
