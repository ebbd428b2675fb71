namespace DistTrain.Protocol;

/// <summary>What one parameter slice hears.</summary>
public abstract record ParameterServerMessage;

/// <summary>Take the state named and publish it as <paramref name="Version"/>. Only the incarnation
/// named listens: a slice that starts anew must not be restored by a late message to a state that
/// the others have left.</summary>
public sealed record RestoreSlice(
    Generation Generation, long Incarnation, RestoreSource Source, long Version)
    : ParameterServerMessage;

/// <summary>Updates may be applied until <paramref name="Version"/> is published.</summary>
public sealed record AllowSteps(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>Start no further update, whatever <see cref="AllowSteps"/> says; answered by
/// <see cref="SliceStatus"/>.</summary>
public sealed record HoldSteps(Generation Generation) : ParameterServerMessage;

/// <summary>After all slices are held: go on until <paramref name="Version"/>, the highest any
/// of them holds, and stop there for good.</summary>
public sealed record MeetAt(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>To slice 0: publish this together with the next version.</summary>
public sealed record SetAssignment(Generation Generation, Assignment Assignment)
    : ParameterServerMessage;

/// <summary>Copy the state of <paramref name="Version"/> for a checkpoint, when it is there.
/// </summary>
public sealed record TakeSnapshot(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>Remember the parameters of <paramref name="Version"/> as the best, when it is there.
/// </summary>
public sealed record KeepBest(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>To slice 0: there is no set to evaluate. Close the epoch that ends at
/// <paramref name="Version"/> and judge it; answered like an evaluation.</summary>
public sealed record JudgeEpoch(Generation Generation, EvaluationId Evaluation, long Version)
    : ParameterServerMessage;

/// <summary>To slice 0: give the evaluation up unless it is summed up already; answered by
/// <see cref="EvaluationAbandoned"/> or, in that case, by <see cref="EvaluationCompleted"/>.
/// </summary>
public sealed record AbandonEvaluation(Generation Generation, EvaluationId Evaluation)
    : ParameterServerMessage;

/// <summary>Say how you are; answered by <see cref="SliceStatus"/>.</summary>
public sealed record ReportStatus(RunId Run) : ParameterServerMessage;

/// <summary>From a coordinator that takes over: keep what you hold and listen to this generation
/// alone. Held steps are let go. Answered by <see cref="SliceStatus"/>.</summary>
public sealed record AdoptGeneration(RunId Run, Generation Generation) : ParameterServerMessage;

/// <summary>The checkpoint of this version is on disk, or given up: its copy need not be kept.
/// </summary>
public sealed record SnapshotDone(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>From a worker that lacks this slice's part of a version.</summary>
public sealed record RequestParameters(RunId Run, WorkerId Worker, long Version)
    : ParameterServerMessage;

/// <summary>From a slice that lacks this slice's <see cref="NormPartials"/> of a step.</summary>
public sealed record RequestNorms(RunId Run, Generation Generation, long Step, SliceId From)
    : ParameterServerMessage;

/// <summary>A worker (re)joined: send it what is published now.</summary>
public sealed record WorkerWelcomed(WorkerId Worker) : ParameterServerMessage;

/// <summary>From a worker: its share of a step's gradient, the part in this slice, and what it was
/// computed on.</summary>
public sealed record Contribution(
    RunId Run, long Step, TreeNode Node, WorkerId From, TensorHandle Gradient, Basis Basis)
    : ParameterServerMessage;

/// <summary>From a worker, to slice 0: its share of an evaluation.</summary>
public sealed record EvaluationContribution(
    RunId Run, Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version,
    TreeNode Node, WorkerId From, TensorHandle Metrics)
    : ParameterServerMessage;

/// <summary>From another slice: it has a step's gradient, and these are its partial square norms;
/// the handle says nothing where none are clipped.</summary>
public sealed record NormPartials(
    RunId Run, Generation Generation, long Step, SliceId From, TensorHandle Partials)
    : ParameterServerMessage;

/// <summary>Result of <see cref="LoadState"/>.</summary>
/// <param name="Generation">As asked.</param>
/// <param name="Version">As asked.</param>
/// <param name="Parameters">What is to be published.</param>
/// <param name="BestVersion">The version of the best copy loaded with it; null: none.</param>
/// <param name="Verdict">Slice 0: what the diary loaded says of the epoch that ended at the
/// version; looked at only where one ended there.</param>
public sealed record StateLoaded(
    Generation Generation, long Version, TensorHandle Parameters, long? BestVersion = null,
    EpochVerdict Verdict = EpochVerdict.Open)
    : ParameterServerMessage;

/// <summary><see cref="LoadState"/> failed: no such file, or damaged.</summary>
public sealed record LoadFailed(Generation Generation, string Cause) : ParameterServerMessage;

/// <summary>Result of <see cref="CombineGradient"/>, when the global norm is clipped.</summary>
public sealed record GradientCombined(Generation Generation, long Step, TensorHandle Partials)
    : ParameterServerMessage;

/// <summary>Result of <see cref="ApplyUpdate"/>.</summary>
public sealed record UpdateApplied(Generation Generation, long Step, TensorHandle Parameters)
    : ParameterServerMessage;

/// <summary><see cref="ApplyUpdate"/> or <see cref="CombineGradient"/> gave nothing that may be
/// published.</summary>
public sealed record UpdateFailed(
    Generation Generation, long Step, string Cause, UpdateFailure Kind)
    : ParameterServerMessage;

/// <summary>Result of <see cref="ReduceEvaluation"/>.</summary>
public sealed record EvaluationReduced(
    Generation Generation, EvaluationId Evaluation, bool Improved, bool Stop)
    : ParameterServerMessage;

/// <summary>Why an update was not published.</summary>
public enum UpdateFailure
{
    /// <summary>A value is not finite: it would be so again; the run ends.</summary>
    NotFinite,

    /// <summary>The engine failed, and what the slice holds is not known: all slices are
    /// restored.</summary>
    Thrown,
}

/// <summary>What a slice is restored from.</summary>
public enum RestoreSource
{
    /// <summary>The seeded starting parameters; version 0.</summary>
    Initial,

    /// <summary>The checkpoint of that version.</summary>
    Checkpoint,

    /// <summary>The best copy that the slice keeps.</summary>
    Best,
}
