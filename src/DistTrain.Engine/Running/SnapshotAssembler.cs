using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>Brings the slices' copies of one version together.</summary>
internal sealed class SnapshotAssembler(TrainingTask task, int slices)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Snapshot> _incomplete = [];

    /// <summary>The snapshot that slices fill for <paramref name="version"/>.</summary>
    public Snapshot Open(long version)
    {
        lock (_gate)
        {
            if (!_incomplete.TryGetValue(version, out Snapshot? snapshot))
            {
                snapshot = new Snapshot(version, task, slices);
                _incomplete.Add(version, snapshot);
            }

            return snapshot;
        }
    }

    /// <summary>A slice has filled its part.</summary>
    /// <returns>True if it was the last: the snapshot is the caller's.</returns>
    public bool Close(Snapshot snapshot)
    {
        if (!snapshot.Complete())
        {
            return false;
        }

        lock (_gate)
        {
            _incomplete.Remove(snapshot.Version);
        }

        return true;
    }
}
