namespace DistTrain.Protocol;

/// <summary>Where slices can be restored from: what the run began from, and the checkpoints known
/// to be on disk.</summary>
internal sealed class RestorePoints
{
    // Engines keep a few; one that is gone by then fails to load, and the one before is tried.
    private const int MostKnown = 4;

    private readonly List<(RestoreSource Source, long Version)> _points = [];

    public RestorePoints(CoordinatorOptions options) =>
        _points.Add((options.Source, options.Version));

    public (RestoreSource Source, long Version) Newest => _points[^1];

    /// <summary>The newest version known to be on disk; −1: none.</summary>
    public long NewestSaved =>
        Newest.Source == RestoreSource.Checkpoint ? Newest.Version : -1;

    /// <summary>A checkpoint is on disk.</summary>
    public void Add(long version)
    {
        _points.RemoveAll(point =>
            point.Source == RestoreSource.Checkpoint && point.Version == version);
        int after = _points.FindLastIndex(point => point.Version < version) + 1;
        _points.Insert(after, (RestoreSource.Checkpoint, version));
        if (_points.Count > MostKnown)
        {
            _points.RemoveAt(1);
        }
    }

    /// <summary>The newest cannot be loaded; what the run began from is tried again.</summary>
    public void DropNewest()
    {
        if (_points.Count > 1)
        {
            _points.RemoveAt(_points.Count - 1);
        }
    }
}
