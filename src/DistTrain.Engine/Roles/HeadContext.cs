using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What a head keeps besides its roles: the diary, checkpoints, how the run ended.
/// </summary>
internal sealed class HeadContext
{
    public HeadContext(
        TrainingTask task, int slices, Checkpoint? resumeFrom, RunFiles? files,
        IRunObserver observer)
    {
        Observer = observer;
        Files = files;
        Recorder = new RunRecorder(task, observer);
        Snapshots = new SnapshotAssembler(task, slices);
        States = new SavedStates(resumeFrom) { Read = files is null ? null : files.Read };
    }

    public IRunObserver Observer { get; }

    /// <summary>Slice 0 alone uses it while the run goes on.</summary>
    public RunRecorder Recorder { get; }

    public SnapshotAssembler Snapshots { get; }

    /// <summary>What slices can be restored from.</summary>
    public SavedStates States { get; }

    /// <summary>Null: the run writes no files.</summary>
    public RunFiles? Files { get; }

    /// <summary>The newest checkpoint of this process; null: none was made.</summary>
    public SavedState? NewestSaved() => Files?.LastCheckpoint is { } path
        ? SavedState.Of(CheckpointFile.Read(path))
        : States.Newest;

    /// <summary>Null where <see cref="Files"/> is.</summary>
    public CheckpointWriter? Writer { get; set; }

    /// <summary>How the protocol ended the run.</summary>
    public EndRun? Ending { get; set; }
}
