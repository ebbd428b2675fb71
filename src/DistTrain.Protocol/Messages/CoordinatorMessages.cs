using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>What the coordinator hears.</summary>
public abstract record CoordinatorMessage;

/// <summary>From the engine: a worker is there and holds nothing yet.</summary>
public sealed record WorkerJoined(WorkerId Worker) : CoordinatorMessage;

/// <summary>From the engine: a worker is gone; it may come back as a new join.</summary>
public sealed record WorkerLost(WorkerId Worker, string Cause) : CoordinatorMessage;

/// <summary>From the engine: computing for step (or version) <paramref name="Step"/> threw. The
/// worker counts as lost; once restarted, holding nothing, it joins again.</summary>
public sealed record WorkerFailed(WorkerId Worker, long Step, string Cause) : CoordinatorMessage;

/// <summary>From slice 0: it has published <paramref name="Version"/> together with
/// <paramref name="Assignment"/>; sent for a restored version too.</summary>
public sealed record StepCompleted(Generation Generation, long Version, Assignment Assignment)
    : CoordinatorMessage;

/// <summary>From a slice: step <paramref name="Step"/> gave a value that is not finite, or the
/// update failed; it was not published.</summary>
public sealed record UpdateRefused(
    SliceId Slice, Generation Generation, long Step, string Cause, UpdateFailure Kind)
    : CoordinatorMessage;

/// <summary>From a slice: how it is. Sent when it has changed in a way that the coordinator waits
/// for, when asked (<see cref="ReportStatus"/>), and every
/// <see cref="ProtocolTicks.Status"/>.</summary>
/// <param name="Run">The run that the slice is of.</param>
/// <param name="Slice">Which slice.</param>
/// <param name="Incarnation">Raised by the engine whenever the slice starts with nothing.</param>
/// <param name="Number">Rises with every status of an incarnation: one that comes late is put
/// aside.</param>
/// <param name="Generation">The highest that it has taken up; 0 if none.</param>
/// <param name="Condition">Whether the rest means something.</param>
/// <param name="Restored">The generation in which it was restored last: slices of one restore are
/// within one version of each other.</param>
/// <param name="Source">What it was restored from.</param>
/// <param name="Version">The version held.</param>
/// <param name="Limit">Updates may go on until here.</param>
/// <param name="IsHeld">They go on no further, whatever is allowed.</param>
/// <param name="BestVersion">The version of the best copy; null: there is none.</param>
/// <param name="SnapshotVersion">The newest snapshot ordered or taken; −1: none.</param>
/// <param name="AssignmentNumber">Slice 0: the newest assignment heard of; else −1.</param>
/// <param name="Assignment">Slice 0: the one published with the version held.</param>
/// <param name="Judged">Slice 0: the newest epoch's end that is judged.</param>
public sealed record SliceStatus(
    RunId Run, SliceId Slice, long Incarnation, long Number, Generation Generation,
    SliceCondition Condition, Generation Restored, RestoreSource Source, long Version, long Limit,
    bool IsHeld, long? BestVersion, long SnapshotVersion, int AssignmentNumber,
    Assignment? Assignment, Judgement? Judged)
    : CoordinatorMessage;

/// <summary>From a slice: the root of <paramref name="Step"/> is not complete in the time that
/// steps take; <paramref name="Missing"/> are the largest nodes of which nothing has come.
/// </summary>
public sealed record StepStalled(
    SliceId Slice, Generation Generation, long Step, ImmutableArray<TreeNode> Missing)
    : CoordinatorMessage;

/// <summary>From a slice: the state that it was to be restored from could not be loaded.</summary>
public sealed record RestoreFailed(SliceId Slice, Generation Generation, string Cause)
    : CoordinatorMessage;

/// <summary>From the engine: a slice is gone, and what it held with it.</summary>
public sealed record SliceLost(SliceId Slice, string Cause) : CoordinatorMessage;

/// <summary>From a worker: it wants to leave; answered by <see cref="LeaveGranted"/> once no step
/// under way needs it. Repeated until then.</summary>
public sealed record WorkerLeaving(WorkerId Worker, string Cause) : CoordinatorMessage;

/// <summary>From a worker that refused a control message: it has heard of a newer generation,
/// perhaps of slices that have all been lost since.</summary>
public sealed record GenerationHeard(WorkerId Worker, Generation Generation) : CoordinatorMessage;

/// <summary>From slice 0: an evaluation is summed up and judged.</summary>
public sealed record EvaluationCompleted(
    EvaluationId Evaluation, Generation Generation, long Version, bool Improved, bool Stop)
    : CoordinatorMessage;

/// <summary>From slice 0: the evaluation will never be judged.</summary>
public sealed record EvaluationAbandoned(EvaluationId Evaluation, Generation Generation)
    : CoordinatorMessage;

/// <summary>From the engine: the checkpoint of this version is in place on disk, from the copies
/// that all slices made of it in this generation.</summary>
public sealed record CheckpointSaved(Generation Generation, long Version) : CoordinatorMessage;

/// <summary>From the engine: the checkpoint could not be written; older ones stay.</summary>
public sealed record CheckpointFailed(Generation Generation, long Version, string Cause)
    : CoordinatorMessage;

/// <summary>From the user: finish the step, save and end.</summary>
public sealed record StopRequested : CoordinatorMessage;

/// <summary>What a slice holds.</summary>
public enum SliceCondition
{
    /// <summary>Nothing: it has just started.</summary>
    Empty,

    /// <summary>It is being restored.</summary>
    Restoring,

    /// <summary>A version, published.</summary>
    Ready,

    /// <summary>An update failed; it waits to be restored.</summary>
    Failed,
}

/// <summary>How an epoch's end was judged.</summary>
public readonly record struct Judgement(long Version, bool Improved, bool Stop);
