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

/// <summary>From a slice: restored, it holds <paramref name="Version"/> and has published it.
/// </summary>
public sealed record SliceReady(SliceId Slice, Generation Generation, long Version)
    : CoordinatorMessage;

/// <summary>From slice 0: it has published <paramref name="Version"/> together with
/// <paramref name="Assignment"/>; sent for a restored version too.</summary>
public sealed record StepCompleted(Generation Generation, long Version, Assignment Assignment)
    : CoordinatorMessage;

/// <summary>From a slice: it starts no update beyond <paramref name="Version"/>.</summary>
public sealed record StepsHeld(SliceId Slice, Generation Generation, long Version)
    : CoordinatorMessage;

/// <summary>From a slice: step <paramref name="Step"/> gave a value that is not finite, or the
/// update failed; it was not published.</summary>
public sealed record UpdateRefused(SliceId Slice, Generation Generation, long Step, string Cause)
    : CoordinatorMessage;

/// <summary>From slice 0: an evaluation is summed up and judged.</summary>
public sealed record EvaluationCompleted(
    EvaluationId Evaluation, Generation Generation, long Version, bool Improved, bool Stop)
    : CoordinatorMessage;

/// <summary>From slice 0: the evaluation will never be judged.</summary>
public sealed record EvaluationAbandoned(EvaluationId Evaluation, Generation Generation)
    : CoordinatorMessage;

/// <summary>From a slice: its best copy is now of <paramref name="Version"/>.</summary>
public sealed record BestKept(SliceId Slice, Generation Generation, long Version)
    : CoordinatorMessage;

/// <summary>From the engine: the checkpoint of this version is in place on disk.</summary>
public sealed record CheckpointSaved(long Version) : CoordinatorMessage;

/// <summary>From the engine: the checkpoint could not be written; older ones stay.</summary>
public sealed record CheckpointFailed(long Version, string Cause) : CoordinatorMessage;

/// <summary>From the user: finish the step, save and end.</summary>
public sealed record StopRequested : CoordinatorMessage;
