using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// A copy in memory of all slices at one version. Every slice fills its interval, on its own
/// thread; slice 0 adds the diary.
/// </summary>
internal sealed class Snapshot
{
    private readonly int _slices;

    // Where the intervals begin of the slices that are done.
    private readonly HashSet<int> _done = [];

    /// <param name="generation">In which the slices copy themselves.</param>
    /// <param name="version">At which.</param>
    /// <param name="task">For the shapes.</param>
    /// <param name="slices">How many there are.</param>
    public Snapshot(Generation generation, long version, TrainingTask task, int slices)
    {
        Generation = generation;
        Version = version;
        _slices = slices;
        int parameters = task.Layout.Count;
        int moments = task.Steps.Moments;
        Parameters = new float[parameters];
        BestParameters = new float[task.Recipe.EarlyStopping is null ? 0 : parameters];
        FirstMoment = new float[moments > 0 ? parameters : 0];
        SecondMoment = new float[moments > 1 ? parameters : 0];
    }

    public Generation Generation { get; }

    public long Version { get; }

    public float[] Parameters { get; }

    public float[] FirstMoment { get; }

    public float[] SecondMoment { get; }

    /// <summary>Meaningful once there is a <see cref="BestVersion"/>.</summary>
    public float[] BestParameters { get; }

    public long? BestVersion { get; private set; }

    /// <summary>Null until slice 0 has added it.</summary>
    public DiaryState? Diary { get; private set; }

    /// <summary>Copies a slice's state.</summary>
    public void Fill(SliceView slice)
    {
        int start = slice.Interval.Start;
        slice.Parameters.CopyTo(Parameters.AsSpan(start));
        CopyIfAny(slice.Best, BestParameters, start);
        CopyIfAny(slice.FirstMoment, FirstMoment, start);
        CopyIfAny(slice.SecondMoment, SecondMoment, start);
    }

    /// <summary>What a slice has copied here.</summary>
    public SliceView View(ParameterInterval slice) => new(
        slice, Part(Parameters, slice), Part(FirstMoment, slice), Part(SecondMoment, slice),
        BestVersion, Part(BestParameters, slice));

    /// <summary>Adds what only slice 0 knows.</summary>
    public void AddDiary(DiaryState diary, long? bestVersion)
    {
        Diary = diary;
        BestVersion = bestVersion;
    }

    /// <summary>A slice is done. Its copy may come again: each slice counts once.</summary>
    /// <returns>True for the last one.</returns>
    public bool Complete(ParameterInterval slice)
    {
        lock (_done)
        {
            return _done.Add(slice.Start) && _done.Count == _slices;
        }
    }

    private static ReadOnlySpan<float> Part(float[] all, ParameterInterval slice) =>
        all.Length == 0 ? [] : all.AsSpan(slice.Start, slice.Length);

    private static void CopyIfAny(ReadOnlySpan<float> from, float[] to, int start)
    {
        if (!from.IsEmpty)
        {
            from.CopyTo(to.AsSpan(start));
        }
    }
}
