using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>What engines say to each other; roles never see it.</summary>
internal abstract record EngineMessage;

/// <summary>A process is there. Spreads the directory.</summary>
/// <param name="Process">Its number on its node.</param>
/// <param name="Directory">The newest that it knows.</param>
/// <param name="Leads">It hosts the coordinator.</param>
/// <param name="NewestCheckpoint">On its disk; −1: none.</param>
internal sealed record Heartbeat(
    int Process, SliceDirectory Directory, bool Leads, long NewestCheckpoint) : EngineMessage;

/// <summary>Computing threw: the process says so and ends.</summary>
internal sealed record LastWords(int Process, long Step) : EngineMessage;

/// <summary>A worker's process asks to be let go. As from a connection: what comes of one that is
/// over, since that worker has begun anew, is not passed on.</summary>
internal sealed record LeaveRequest(int Process) : EngineMessage;

/// <summary>One slice's copy on its way into a checkpoint.</summary>
internal sealed record SnapshotPart(int Slice, Generation Generation, SliceCopy Copy)
    : EngineMessage;

/// <summary>A whole checkpoint for another head's disk.</summary>
internal sealed record CheckpointCopy(DtmFile File) : EngineMessage;

/// <summary>A slice asks heads for a checkpoint that it is to load.</summary>
internal sealed record CheckpointRequest(long Version, int Slice) : EngineMessage;

/// <summary>Null: not here, or damaged.</summary>
internal sealed record CheckpointReply(long Version, int Slice, DtmFile? File) : EngineMessage;

/// <summary>A head that begins to lead asks the others for their newest good checkpoint.</summary>
internal sealed record NewestRequest(int Query) : EngineMessage;

/// <summary>Null: there is none.</summary>
internal sealed record NewestReply(int Query, DtmFile? File) : EngineMessage;

/// <summary>A file is on its way to this node's disk.</summary>
/// <param name="File">The file.</param>
/// <param name="Own">The generation of its copies, if this head put them together.</param>
internal sealed record DiskWrite(DtmFile File, Generation? Own) : EngineMessage;

/// <summary>To a process, from its clock.</summary>
internal sealed record TickDue
{
    public static readonly TickDue Instance = new();
}
