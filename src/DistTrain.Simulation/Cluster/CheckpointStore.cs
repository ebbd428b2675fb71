using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// A head's checkpoints: puts slices' copies together while it leads, writes them, gives copies
/// to the other heads, and hands out what is asked for. What it reads, it checks.
/// </summary>
internal sealed class CheckpointStore(Process process, Action<CoordinatorMessage> tell)
{
    // Versions of which copies are awaited; older ones are given up.
    private const int MostVersions = 3;

    private readonly World _world = process.World;
    private readonly SortedDictionary<(Generation, long), SliceCopy?[]> _parts = [];
    private readonly long[] _copiedAt = new long[process.World.Scenario.Heads];
    private readonly DtmFile?[] _newest = new DtmFile?[process.World.Scenario.Heads];
    private readonly bool[] _hasAnswered = new bool[process.World.Scenario.Heads];
    private int _query;
    private int _ticksSinceQuery;
    private (Generation, long Version) _writing = (default, -1);
    private (Generation, long Version) _saved = (default, -1);

    private Disk Disk => process.Node.Disk;

    /// <summary>The newest good checkpoint that any head has told of.</summary>
    public DtmFile? Newest => _newest.MaxBy(f => f?.Version ?? -1);

    /// <summary>All heads that are alive.</summary>
    public bool AllHaveAnswered
    {
        get
        {
            for (int head = 0; head < _hasAnswered.Length; head++)
            {
                if (!_hasAnswered[head] && process.Peers.IsAlive(head, _world.Now))
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void AskForNewest()
    {
        _query++;
        Array.Clear(_newest);
        Array.Clear(_hasAnswered);
        _newest[process.Node.Id] = NewestGood();
        _hasAnswered[process.Node.Id] = true;
        Ask();
    }

    public void AskAgain()
    {
        if (++_ticksSinceQuery >= EngineTimes.RetryTicks)
        {
            Ask();
        }
    }

    public void OnMessage(int from, EngineMessage message, bool isLeading)
    {
        switch (message)
        {
            case SnapshotPart m when isLeading: OnPart(m); break;
            case DiskWrite m: OnWrite(m); break;
            case CheckpointCopy m:
                _world.PostToProcess(
                    process, _world.Scenario.Costs.DiskMicros, new DiskWrite(m.File, Own: null));
                break;
            case CheckpointRequest m:
                process.SendToEngine(
                    from, new CheckpointReply(m.Version, m.Slice, Disk.Read(m.Version)));
                break;
            case NewestRequest m:
                process.SendToEngine(from, new NewestReply(m.Query, NewestGood()));
                break;
            case NewestReply m when m.Query == _query:
                _hasAnswered[from] = true;
                _newest[from] = m.File;
                break;
        }
    }

    /// <summary>Gives a head that lacks the newest checkpoint a copy, now and then.</summary>
    public void OnHeadSeen(int head, long newestThere)
    {
        bool isHead = head < _copiedAt.Length;
        if (isHead && newestThere < _saved.Version
            && _world.Now - _copiedAt[head] > Clock.Second / 4
            && Disk.Read(_saved.Version) is { } file)
        {
            _copiedAt[head] = _world.Now;
            process.SendToEngine(head, new CheckpointCopy(file));
        }
    }

    private DtmFile? NewestGood()
    {
        int before = Disk.DamageFound;
        DtmFile? file = Disk.NewestGood();
        if (Disk.DamageFound > before)
        {
            _world.Watch.Engine(process.Node.Id, file is null
                ? "the checkpoint is damaged and there is no other"
                : $"a checkpoint is damaged: that of step {file.Version} is the newest good one");
        }

        return file;
    }

    private void Ask()
    {
        _ticksSinceQuery = 0;
        for (int head = 0; head < _hasAnswered.Length; head++)
        {
            if (!_hasAnswered[head])
            {
                process.SendToEngine(head, new NewestRequest(_query));
            }
        }
    }

    private void OnPart(SnapshotPart part)
    {
        (Generation, long Version) key = (part.Generation, part.Copy.Version);
        if (key == _writing)
        {
            return;
        }

        if (key == _saved)
        {
            tell(new CheckpointSaved(part.Generation, key.Version));
            return;
        }

        if (!_parts.TryGetValue(key, out SliceCopy?[]? copies))
        {
            copies = new SliceCopy?[_world.Scenario.Plan.Slices];
            _parts.Add(key, copies);
            if (_parts.Count > MostVersions)
            {
                _parts.Remove(_parts.First().Key);
            }
        }

        copies[part.Slice] = part.Copy;
        if (Array.TrueForAll(copies, c => c is not null))
        {
            _parts.Remove(key);
            _writing = key;
            var file = DtmFile.Of(key.Version, [.. copies!]);
            _world.PostToProcess(
                process, _world.Scenario.Costs.DiskMicros, new DiskWrite(file, part.Generation));
        }
    }

    private void OnWrite(DiskWrite write)
    {
        string? problem = Disk.TryWrite(write.File);
        if (problem is null)
        {
            _world.OnMilestone();
            _world.Watch.Written(process.Node.Id, write.File);
        }
        else
        {
            _world.Faults.DiskFailed(process.Node.Id);
            _world.Watch.Engine(process.Node.Id, $"step {write.File.Version}: {problem}");
        }

        if (write.Own is not { } generation)
        {
            return;
        }

        long version = write.File.Version;
        _writing = (default, -1);
        if (problem is null)
        {
            _saved = (generation, version);
            CopyToOthers(write.File);
        }

        tell(problem is null
            ? new CheckpointSaved(generation, version)
            : new CheckpointFailed(generation, version, problem));
    }

    private void CopyToOthers(DtmFile file)
    {
        for (int head = 0; head < _copiedAt.Length; head++)
        {
            if (head != process.Node.Id)
            {
                _copiedAt[head] = _world.Now;
                process.SendToEngine(head, new CheckpointCopy(file));
            }
        }
    }
}
