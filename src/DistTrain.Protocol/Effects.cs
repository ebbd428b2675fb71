using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>What a role asks its engine to do. Results come back as messages.</summary>
public abstract record Effect;

/// <summary>Delivered to the coordinator.</summary>
public sealed record SendToCoordinator(CoordinatorMessage Message) : Effect;

/// <summary>Delivered to one parameter server.</summary>
public sealed record SendToSlice(SliceId Slice, ParameterServerMessage Message) : Effect;

/// <summary>Delivered to one worker.</summary>
public sealed record SendToWorker(WorkerId Worker, WorkerMessage Message) : Effect;

/// <summary>To every worker that the engine knows to be alive.</summary>
public sealed record SendToAllWorkers(WorkerMessage Message) : Effect;

/// <summary>Worker: gradient of the node at the parameters of the version in
/// <paramref name="Basis"/>, by slice. Answered by <see cref="GradientComputed"/>; a throw goes to
/// the supervisor.</summary>
public sealed record ComputeGradient(
    long Step, TreeNode Node, ImmutableArray<TensorHandle> Parameters, Basis Basis) : Effect;

/// <summary>Worker: metrics of a range of an evaluation set at the parameters of
/// <paramref name="Version"/>, by slice.</summary>
public sealed record ComputeEvaluation(
    Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version, TreeNode Node,
    ImmutableArray<TensorHandle> Parameters)
    : Effect;

/// <summary>Slice: take up the state named. Answered by <see cref="StateLoaded"/>.</summary>
public sealed record LoadState(Generation Generation, RestoreSource Source, long Version) : Effect;

/// <summary>A node of the tree and the tensor that came for it.</summary>
public readonly record struct NodeTensor(TreeNode Node, TensorHandle Tensor);

/// <summary>Slice: combine the nodes in tree order and return the partial square norms.</summary>
public sealed record CombineGradient(
    Generation Generation, long Step, ImmutableArray<NodeTensor> Nodes) : Effect;

/// <summary>Slice: combine (unless done), scale, clip, apply the optimizer, giving version
/// <paramref name="Step"/> + 1. <paramref name="Partials"/>: by slice, empty if not clipped.
/// Answered by <see cref="UpdateApplied"/> or <see cref="UpdateFailed"/>.</summary>
public sealed record ApplyUpdate(
    Generation Generation, long Step, ImmutableArray<NodeTensor> Nodes,
    ImmutableArray<TensorHandle> Partials)
    : Effect;

/// <summary>Slice 0: sum the tree, record the metrics, judge for early stopping.
/// Answered by <see cref="EvaluationReduced"/>.</summary>
public sealed record ReduceEvaluation(
    Generation Generation, EvaluationId Evaluation, EvaluationSet Set, long Version,
    ImmutableArray<NodeTensor> Nodes)
    : Effect;

/// <summary>Slice: copy the state held now, of <paramref name="Version"/>, and stream it to the
/// coordinator's engine, which answers it when every slice's copy is on disk. The copy is kept
/// until <see cref="ForgetSnapshot"/>, or until the next. Copies of one generation belong together;
/// an incomplete set of an older one is void.</summary>
public sealed record SaveSnapshot(Generation Generation, long Version) : Effect;

/// <summary>Slice: the copy of <paramref name="Version"/> is asked for again; a part of it may be
/// lost. An engine that knows that its part has arrived has nothing to do. The coordinator's engine
/// answers again if that version is on disk already.</summary>
public sealed record StreamSnapshot(Generation Generation, long Version) : Effect;

/// <summary>Slice: the copy of <paramref name="Version"/> is needed no more.</summary>
public sealed record ForgetSnapshot(long Version) : Effect;

/// <summary>Slice: copy the parameters held now to the best copy.</summary>
public sealed record CopyToBest(Generation Generation, long Version) : Effect;

/// <summary>A stale, doubled or misplaced message was put aside, and why. The engine may log it;
/// nothing else happens.</summary>
public sealed record Refused(string Message, string Why) : Effect;

/// <summary>Coordinator: something a user should know.</summary>
public sealed record Report(RunEvent Event) : Effect;

/// <summary>Coordinator: the run is over.</summary>
public sealed record EndRun(RunOutcome Outcome, long Version, string? Cause) : Effect;

/// <summary>Coordinator: another one leads by a higher generation; this one does nothing more.
/// </summary>
public sealed record StandDown(Generation Generation) : Effect;

/// <summary>Worker: it may leave the run.</summary>
public sealed record LeaveRun : Effect;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    Completed,

    /// <summary>On request; the checkpoint of the last version is saved, except where the cause
    /// says why not (nothing was trained yet, or no worker was left to finish a step).</summary>
    Interrupted,

    Failed,
}

/// <summary>An event worth a line in the log.</summary>
public abstract record RunEvent;

/// <summary>A worker takes part; <paramref name="Workers"/> are alive now.</summary>
public sealed record WorkerJoinedRun(WorkerId Worker, int Workers) : RunEvent;

/// <summary>A worker is gone; <paramref name="Workers"/> are left.</summary>
public sealed record WorkerLeftRun(WorkerId Worker, int Workers, string Cause) : RunEvent;

/// <summary>Nodes of a lost or failed worker were given to another.</summary>
public sealed record WorkRecomputed(long Step, WorkerId By, ImmutableArray<TreeNode> Nodes)
    : RunEvent;

/// <summary>Nodes that are late were given to another too.</summary>
public sealed record WorkDuplicated(long Step, WorkerId By, ImmutableArray<TreeNode> Nodes)
    : RunEvent;

/// <summary>An epoch is closed, evaluated and judged.</summary>
public sealed record EpochFinished(int Epoch, long Version, bool Improved, bool Stopping)
    : RunEvent;

/// <summary>The checkpoint of this version is on disk.</summary>
public sealed record CheckpointWritten(long Version) : RunEvent;

/// <summary>It could not be written; older checkpoints are untouched.</summary>
public sealed record CheckpointSkipped(long Version, string Cause) : RunEvent;

/// <summary>A slice's state is gone.</summary>
public sealed record SliceLeftRun(SliceId Slice, string Cause) : RunEvent;

/// <summary>All slices go back to <paramref name="Version"/>.</summary>
public sealed record RunRolledBack(long Version, string Cause) : RunEvent;

/// <summary>A new coordinator goes on from <paramref name="Version"/>; nothing was lost.</summary>
public sealed record CoordinatorTookOver(long Version) : RunEvent;
