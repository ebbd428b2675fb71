using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>What a worker hears.</summary>
public abstract record WorkerMessage;

/// <summary>From a slice: its parameters of a version; slice 0 adds the assignment.</summary>
public sealed record ParametersPublished(
    RunId Run, Generation Generation, SliceId Slice, long Version, TensorHandle Parameters,
    Assignment? Assignment)
    : WorkerMessage;

/// <summary>From the coordinator: compute these nodes too, whoever had them.</summary>
public sealed record Recompute(Generation Generation, long Step, ImmutableArray<TreeNode> Nodes)
    : WorkerMessage;

/// <summary>From the coordinator: evaluate these ranges on <paramref name="Version"/>.</summary>
public sealed record Evaluate(
    Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version,
    ImmutableArray<TreeNode> Nodes)
    : WorkerMessage;

/// <summary>Result of <see cref="ComputeGradient"/>: one handle a slice, by slice id; the basis as
/// asked.</summary>
public sealed record GradientComputed(
    long Step, TreeNode Node, ImmutableArray<TensorHandle> Gradients, Basis Basis)
    : WorkerMessage;

/// <summary>The other result of <see cref="ComputeGradient"/>: the parameters that it was to be
/// computed on are gone, since newer ones have come.</summary>
public sealed record GradientDropped(long Step, TreeNode Node, Basis Basis) : WorkerMessage;

/// <summary>Result of <see cref="ComputeEvaluation"/>. Of which generation: another coordinator
/// numbers its evaluations anew.</summary>
public sealed record EvaluationComputed(
    Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version, TreeNode Node,
    TensorHandle Metrics)
    : WorkerMessage;

/// <summary>The run is over: compute nothing more.</summary>
public sealed record RunEnded(RunId Run, Generation Generation) : WorkerMessage;

/// <summary>From the coordinator: nothing needs this worker any more; it may go.</summary>
public sealed record LeaveGranted(RunId Run) : WorkerMessage;
