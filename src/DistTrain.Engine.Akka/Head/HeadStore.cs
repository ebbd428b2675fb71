using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>
/// What a head keeps of a run, whether it leads or not: its id and its checkpoints. Used by the
/// store's actor, and by the coordinator's if it is here.
/// </summary>
internal sealed class HeadStore
{
    private readonly Lock _gate = new();
    private readonly HeadNode _head;
    private RunId _run;
    private RunFiles? _files;
    private long _newest = -1;
    private int _coordinator;
    private bool _isLed;

    public HeadStore(HeadNode head)
    {
        _head = head;
        if (head.Options.ResumeFrom is { } from)
        {
            _run = new RunId(from.Run);
            _newest = from.Version;
            _files = head.FilesOf(_run);
        }
    }

    /// <summary>When this head came to its cluster.</summary>
    public DateTimeOffset JoinedAt { get; private set; }

    /// <summary>The files of the run, once one is led; null where this head writes none.</summary>
    public RunFiles? Files
    {
        get
        {
            lock (_gate)
            {
                return _files;
            }
        }
    }

    public StoreDescribed Describe(Guid survey)
    {
        lock (_gate)
        {
            return new StoreDescribed(survey, _run.Value, _newest, _coordinator, _isLed);
        }
    }

    /// <summary>This head is in a cluster, perhaps not the one that it was in before.</summary>
    public void Join(DateTimeOffset now)
    {
        lock (_gate)
        {
            (JoinedAt, _isLed) = (now, false);
        }
    }

    /// <summary>A coordinator leads a run in this cluster.</summary>
    public void OnLed(RunId run, int coordinator)
    {
        BeginRun(run, coordinator);
        lock (_gate)
        {
            _isLed = true;
        }
    }

    /// <summary>A coordinator is to lead this run.</summary>
    public void BeginRun(RunId run, int coordinator)
    {
        lock (_gate)
        {
            _coordinator = Math.Max(_coordinator, coordinator);
            if (run == _run && _files is not null)
            {
                return;
            }

            _newest = run == _run ? _newest : -1;
            _run = run;
            _files = _head.FilesOf(run);
            Checkpoint? newest = _files?.NewestGood(out IReadOnlyList<string> damaged);
            _newest = Math.Max(_newest, newest?.Version ?? -1);
        }
    }

    /// <summary>A checkpoint of the run is in place.</summary>
    public void OnSaved(long version)
    {
        lock (_gate)
        {
            _newest = Math.Max(_newest, version);
        }
    }

    /// <summary>Takes a checkpoint that another head has written.</summary>
    /// <exception cref="CheckpointException">The disk refused, or it is damaged.</exception>
    public void Import(long version, ReadOnlyMemory<byte> file)
    {
        FilesFor(version).Import(version, file);
        OnSaved(version);
    }

    /// <summary>The bytes of a checkpoint's file, for another head.</summary>
    /// <exception cref="CheckpointException">It cannot be read, or the disk refused.</exception>
    public byte[] ReadFile(long version)
    {
        RunFiles files = FilesFor(version);
        if (_head.Options.ResumeFrom is { } from && from.Version == version
            && from.Run == Describe(Guid.Empty).Run)
        {
            files.Keep(from); // this head's folder may be another than the one that it came from
        }

        return files.ReadFile(version);
    }

    private RunFiles FilesFor(long version) => Files ?? throw new CheckpointException(
        $"the checkpoint of step {version}", "is not kept, since this head writes no files",
        "give it a folder");
}
