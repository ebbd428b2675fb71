using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Brings the slices' copies of one version together.</summary>
internal sealed class SnapshotAssembler(TrainingTask task, int slices)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Snapshot> _incomplete = [];
    private Generation _generation;

    // Of this generation.
    private long _newestComplete = -1;

    /// <summary>The snapshot that slices fill for <paramref name="version"/>. Those of an older
    /// generation are void: a slice that was restored fills its part anew. So is a copy that comes
    /// again of a version that is complete.</summary>
    public Snapshot Open(Generation generation, long version)
    {
        lock (_gate)
        {
            if (generation > _generation)
            {
                _generation = generation;
                _incomplete.Clear();
                _newestComplete = -1;
            }

            bool isVoid = generation < _generation || version <= _newestComplete;
            if (isVoid || !_incomplete.TryGetValue(version, out Snapshot? snapshot))
            {
                snapshot = new Snapshot(generation, version, task, slices);
                if (!isVoid)
                {
                    _incomplete.Add(version, snapshot);
                }
            }

            return snapshot;
        }
    }

    /// <summary>A slice has filled its part.</summary>
    /// <returns>True if it was the last: the snapshot is the caller's.</returns>
    public bool Close(Snapshot snapshot, ParameterInterval slice)
    {
        if (!snapshot.Complete(slice))
        {
            return false;
        }

        lock (_gate)
        {
            if (_incomplete.GetValueOrDefault(snapshot.Version) == snapshot)
            {
                _newestComplete = snapshot.Version;
                foreach (long version in _incomplete.Keys.Where(v => v <= _newestComplete))
                {
                    _incomplete.Remove(version);
                }
            }
        }

        return true;
    }
}
