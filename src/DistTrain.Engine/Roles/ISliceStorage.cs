using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Where a slice's copies for checkpoints go and come from: the coordinator's engine, in
/// this process or in another. Called by the slice's actor alone.</summary>
internal interface ISliceStorage
{
    /// <summary>Gets the slice's part of a checkpoint.</summary>
    /// <returns><see cref="StateArrived"/> or <see cref="LoadFailed"/>; null: one of them will be
    /// posted to the slice.</returns>
    ParameterServerMessage? Fetch(LoadState load);

    /// <summary>Copies the slice's state before it returns; it is brought to the coordinator's
    /// engine.</summary>
    /// <param name="save">Which version, in which generation.</param>
    /// <param name="state">Holds it now.</param>
    /// <param name="diary">Slice 0's; else null.</param>
    void Save(SaveSnapshot save, SliceState state, RunRecorder? diary);

    /// <summary>A part of that copy may be lost on its way.</summary>
    void SaveAgain(StreamSnapshot again);

    /// <summary>The copy is needed no more.</summary>
    void Forget(ForgetSnapshot forget);
}

/// <summary>A slice's part of a checkpoint is there.</summary>
internal sealed record StateArrived(Generation Generation, SliceSaved State)
    : ParameterServerMessage;

/// <summary>A slice's part of a saved state.</summary>
/// <param name="Version">Updates applied.</param>
/// <param name="Parameters">(interval)</param>
/// <param name="FirstMoment">(interval), or empty.</param>
/// <param name="SecondMoment">(interval), or empty.</param>
/// <param name="BestVersion">The version of the best parameters; null: none.</param>
/// <param name="Best">(interval), or empty.</param>
/// <param name="Diary">For slice 0: the history and early stopping's state; else null.</param>
internal sealed record SliceSaved(
    long Version, ReadOnlyMemory<float> Parameters, ReadOnlyMemory<float> FirstMoment,
    ReadOnlyMemory<float> SecondMoment, long? BestVersion, ReadOnlyMemory<float> Best,
    DiaryState? Diary)
{
    /// <summary>The part of a whole state that lies in an interval.</summary>
    public static SliceSaved Of(SavedState whole, ParameterInterval interval) => new(
        whole.Version,
        PartOf(whole.Parameters, interval),
        PartOf(whole.FirstMoment, interval),
        PartOf(whole.SecondMoment, interval),
        whole.Best?.Version,
        whole.Best is { } best ? PartOf(best.Parameters, interval) : default,
        whole.Diary);

    private static ReadOnlyMemory<float> PartOf(float[] whole, ParameterInterval interval) =>
        whole.Length == 0 ? default : whole.AsMemory(interval.Start, interval.Length);
}
