using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>A node lacks data of this hash, from this byte on.</summary>
public sealed record RequestData(string Sha256, long Offset) : NodeMessage;

/// <summary>From the head: a piece of the data asked for.</summary>
/// <param name="Sha256">Of all of it, in lower-case hexadecimal.</param>
/// <param name="Offset">Where the piece begins, in bytes.</param>
/// <param name="TotalBytes">Of all of it.</param>
/// <param name="Bytes">The piece.</param>
public sealed record DataPart(string Sha256, long Offset, long TotalBytes, TensorHandle Bytes)
    : NodeMessage;

/// <summary>From a slice: a piece of its copy for a checkpoint.</summary>
/// <param name="Generation">In which the copy was ordered.</param>
/// <param name="Version">Of the copy.</param>
/// <param name="Slice">Whose it is.</param>
/// <param name="Section">Parameters, first moments, …: the numbers of a checkpoint's sections.
/// </param>
/// <param name="Offset">Where the piece begins in the slice, in elements.</param>
/// <param name="Values">The piece.</param>
public sealed record SnapshotPart(
    Generation Generation, long Version, SliceId Slice, int Section, int Offset,
    TensorHandle Values) : NodeMessage;

/// <summary>From a slice, behind the pieces of its copy.</summary>
/// <param name="Generation">As in the pieces.</param>
/// <param name="Version">As in the pieces.</param>
/// <param name="Slice">As in the pieces.</param>
/// <param name="BestVersion">The version of its best copy; −1: there is none.</param>
public sealed record SnapshotEnd(
    Generation Generation, long Version, SliceId Slice, long BestVersion) : NodeMessage;

/// <summary>From a slice that is to be restored: it needs its part of a checkpoint.</summary>
public sealed record RequestState(Generation Generation, SliceId Slice, long Version)
    : NodeMessage;

/// <summary>From the head: a piece of the state asked for; fields as in
/// <see cref="SnapshotPart"/>.</summary>
public sealed record StatePart(
    Generation Generation, SliceId Slice, long Version, int Section, int Offset,
    TensorHandle Values) : NodeMessage;

/// <summary>From the head, behind the pieces.</summary>
/// <param name="Generation">As asked.</param>
/// <param name="Slice">As asked.</param>
/// <param name="Version">As asked.</param>
/// <param name="BestVersion">The version of the best copy among them; −1: there is none.</param>
/// <param name="Cause">Why there will be no more; empty: it is complete.</param>
public sealed record StateEnd(
    Generation Generation, SliceId Slice, long Version, long BestVersion, string Cause)
    : NodeMessage;

/// <summary>From one head to another: a piece of the checkpoint of this version.</summary>
/// <param name="Version">Of the checkpoint.</param>
/// <param name="Offset">Where the piece begins in the file, in bytes.</param>
/// <param name="TotalBytes">Of the file.</param>
/// <param name="Bytes">The piece.</param>
public sealed record CheckpointPart(
    long Version, long Offset, long TotalBytes, TensorHandle Bytes) : NodeMessage;

/// <summary>From the coordinator's engine: how the run's diary stands.</summary>
public sealed record RequestDiary(RunId Run) : NodeMessage;

/// <summary>Answers <see cref="RequestDiary"/>.</summary>
/// <param name="Run">As asked.</param>
/// <param name="Diary">UTF-8 JSON in a tensor of bytes.</param>
public sealed record DiaryCopy(RunId Run, TensorHandle Diary) : NodeMessage;

/// <summary>Answers the last <see cref="CheckpointPart"/>.</summary>
/// <param name="Version">Of the checkpoint.</param>
/// <param name="Cause">Why it is not on disk; empty: it is.</param>
public sealed record CheckpointKept(long Version, string Cause) : NodeMessage;
