namespace DistTrain.Protocol;

/// <summary>What one parameter slice hears.</summary>
public abstract record ParameterServerMessage;

/// <summary>Take the state named and publish it as <paramref name="Version"/>.</summary>
public sealed record RestoreSlice(Generation Generation, RestoreSource Source, long Version)
    : ParameterServerMessage;

/// <summary>Updates may be applied until <paramref name="Version"/> is published.</summary>
public sealed record AllowSteps(Generation Generation, long Version) : ParameterServerMessage;

/// <summary>Start no further update, whatever <see cref="AllowSteps"/> says; answered by
/// <see cref="StepsHeld"/>.</summary>
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

/// <summary>A worker (re)joined: send it what is published now.</summary>
public sealed record WorkerWelcomed(WorkerId Worker) : ParameterServerMessage;

/// <summary>From a worker: its share of a step's gradient, the part in this slice.</summary>
public sealed record Contribution(
    RunId Run, long Step, TreeNode Node, WorkerId From, TensorHandle Gradient)
    : ParameterServerMessage;

/// <summary>From a worker, to slice 0: its share of an evaluation.</summary>
public sealed record EvaluationContribution(
    RunId Run, Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version,
    TreeNode Node, WorkerId From, TensorHandle Metrics)
    : ParameterServerMessage;

/// <summary>From another slice: its partial square norms of a step's gradient.</summary>
public sealed record NormPartials(
    RunId Run, Generation Generation, long Step, SliceId From, TensorHandle Partials)
    : ParameterServerMessage;

/// <summary>Result of <see cref="LoadState"/>.</summary>
public sealed record StateLoaded(Generation Generation, long Version, TensorHandle Parameters)
    : ParameterServerMessage;

/// <summary>Result of <see cref="CombineGradient"/>, when the global norm is clipped.</summary>
public sealed record GradientCombined(Generation Generation, long Step, TensorHandle Partials)
    : ParameterServerMessage;

/// <summary>Result of <see cref="ApplyUpdate"/>.</summary>
public sealed record UpdateApplied(Generation Generation, long Step, TensorHandle Parameters)
    : ParameterServerMessage;

/// <summary>An update failed, or gave a value that is not finite; nothing was published.</summary>
public sealed record UpdateFailed(Generation Generation, long Step, string Cause)
    : ParameterServerMessage;

/// <summary>Result of <see cref="ReduceEvaluation"/>.</summary>
public sealed record EvaluationReduced(
    Generation Generation, EvaluationId Evaluation, bool Improved, bool Stop)
    : ParameterServerMessage;

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
