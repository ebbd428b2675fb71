namespace DistTrain.Protocol;

/// <summary>
/// Leads a run: who computes, how far slices may go, when to evaluate, save, restore, stop. It is
/// not on the path of a step, and holds nothing that the slices could not tell another coordinator.
/// A pure state machine: a message in, effects out. This file: state, dispatch and fences;
/// <c>Takeover</c>: how it begins; <c>Slices</c>: their state and its loss; <c>Members</c>:
/// workers and their work; <c>Leaving</c>: those who go, and late work; <c>Phases</c>: the run's
/// course; <c>Checkpoints</c>; <c>Ending</c>; <c>Time</c>: what is asked again.
/// </summary>
/// <remarks>
/// <code>
///  Asking ─all slices have answered─┬─ they hold a version ──► Adopting ─► where the run was
///                                   └─ they do not ─► Gathering ─min. workers─┐
///  From every later state, when a slice is lost:                              ▼
///                                                      ┌──────────────── Restoring
///                                                      ▼ all slices ready
///                                                    Training ◄────────────────────┐
///                                                      │ │ epoch's end             │ goes on
///           stop, or a step failed three times         │ ▼                         │
///   Holding ◄──────────────────────────────────┬───────┘ Evaluating ───────────────┤
///      │ all slices held                        │ stop, failure │ │ improved        │
///      ▼                                        └─ Abandoning ◄─┘ ▼                 │
///   Meeting                                                    KeepingBest ─────────┘
///      │ slice 0 is at the highest version held                 │ last epoch, or
///      └───────────────────────────────────────────► Saving ◄───┘ early stopping
///                                                      │ │ the last checkpoint is written
///                          stopped or failed           │ └──► RestoringBest ─► Testing
///          Ended ◄─────────────────────────────────────┘                            │
///            ▲──────────────────────────────────────────────────────────────────────┘
///  From every state: GivingUp (an update was refused: waits for a checkpoint under way) ─► Ended;
///  Deposed (a later coordinator leads)
/// </code>
/// </remarks>
public sealed partial class Coordinator
{
    // In the order of a run's life; from RestoringBest on nothing is trained any more.
    private enum Phase
    {
        Created,
        Asking,
        Adopting,
        Gathering,
        Restoring,
        Training,
        Holding,
        Meeting,
        Evaluating,
        Abandoning,
        KeepingBest,
        Saving,
        GivingUp,
        RestoringBest,
        Testing,
        Ended,
        Deposed,
    }

    private readonly RunPlan _plan;
    private readonly CoordinatorOptions _options;
    private readonly SliceSet _awaited;
    private readonly SliceViews _slices;
    private readonly Roster _roster = new();
    private readonly CheckpointSchedule _checkpoints;
    private readonly RestorePoints _restorePoints;
    private readonly FailureCount _failures = new();
    private readonly FailureCount _updateFailures = new();

    // The steps that slices may be at: the newest one known to be published, by parity, and the
    // one before, since another slice may lag by one.
    private readonly WorkLedger[] _ledgers = [new(), new()];
    private readonly WorkLedger _evaluationLedger = new();
    private readonly SpeculativeWork _speculative = new();

    private Phase _phase;
    private Generation _generation;

    // What was heard of before this coordinator led; its own is above it.
    private Generation _highest;
    private bool _leads;

    // The generation in which the slices were restored to the state that they train.
    private Generation _stateFrom;

    // The highest version that slice 0 is known to have published; −1: none.
    private long _published = -1;

    // What is being restored.
    private (RestoreSource Source, long Version) _restored;

    // Steps are allowed until here; then the version where held slices meet and the run ends.
    private long _barrier;
    private long _final;
    private bool _slicesLag;
    private long? _best;

    private Evaluate? _evaluation;
    private Judgement _judgement;
    private int _evaluations;

    // Set once the run is to end otherwise than by completion.
    private (RunOutcome Outcome, string? Cause)? _ending;

    public Coordinator(RunId run, RunPlan plan, CoordinatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        Run = run;
        _plan = plan.Checked();
        _options = options.Checked(plan);
        _awaited = new SliceSet(plan.Slices);
        _slices = new SliceViews(plan);
        _checkpoints = new CheckpointSchedule(plan);
        _restorePoints = new RestorePoints(options);
        _final = options.Version;
    }

    /// <summary>The run that is led.</summary>
    public RunId Run { get; }

    /// <summary>Takes one message in and adds what follows from it.</summary>
    public void Handle(CoordinatorMessage message, IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(effects);
        if (_phase >= Phase.Ended)
        {
            OnMessageAfterEnd(message, effects);
            return;
        }

        switch (message)
        {
            case StepCompleted m when IsCurrent(m, m.Generation, effects):
                OnStepCompleted(m, effects);
                break;
            case SliceStatus m: OnSliceStatus(m, effects); break;
            case SliceLost m: OnSliceLost(m, effects); break;
            case StepStalled m when IsCurrent(m, m.Generation, effects):
                OnStepStalled(m, effects);
                break;
            case UpdateRefused m when IsCurrent(m, m.Generation, effects):
                OnUpdateRefused(m, effects);
                break;
            case RestoreFailed m when IsCurrent(m, m.Generation, effects):
                OnRestoreFailed(m, effects);
                break;
            case EvaluationCompleted m when IsCurrent(m, m.Generation, effects):
                OnEvaluationCompleted(m, effects);
                break;
            case EvaluationAbandoned m when IsCurrent(m, m.Generation, effects):
                OnEvaluationAbandoned(m, effects);
                break;
            case CheckpointSaved m: OnCheckpointSaved(m, effects); break;
            case CheckpointFailed m: OnCheckpointFailed(m, effects); break;
            case StopRequested m: OnStopRequested(m, effects); break;
            default: HandleOfWorker(message, effects); break;
        }
    }

    private void HandleOfWorker(CoordinatorMessage message, IList<Effect> effects)
    {
        switch (message)
        {
            case WorkerJoined m: OnWorkerJoined(m, effects); break;
            case WorkerLost m: OnWorkerLost(m, effects); break;
            case WorkerFailed m: OnWorkerFailed(m, effects); break;
            case WorkerLeaving m: OnWorkerLeaving(m, effects); break;
            case GenerationHeard m: OnGenerationHeard(m, effects); break;
        }
    }

    /// <summary>Refuses by name what another generation's slices say. One that is higher than this
    /// coordinator's is another coordinator's.</summary>
    private bool IsCurrent(object message, Generation generation, IList<Effect> effects)
    {
        if (generation == _generation)
        {
            return true;
        }

        effects.Refuse(message, "not this generation");
        if (generation > _generation)
        {
            OnHigherGeneration(generation, effects);
        }

        return false;
    }

    private void OnMessageAfterEnd(CoordinatorMessage message, IList<Effect> effects)
    {
        effects.Refuse(
            message,
            _phase == Phase.Ended ? "the run has ended" : "another coordinator leads");
        WorkerId? worker = message switch
        {
            WorkerJoined m => m.Worker,
            WorkerLeaving m => m.Worker,
            _ => null,
        };
        if (worker is { } late && _phase == Phase.Ended)
        {
            effects.Add(new SendToWorker(late, new RunEnded(Run, _generation)));
        }
    }

    private void Enter(Phase phase)
    {
        _phase = phase;
        _retry.Restart();
    }
}
