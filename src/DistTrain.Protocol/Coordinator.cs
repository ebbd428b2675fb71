namespace DistTrain.Protocol;

/// <summary>
/// Leads a run: who computes, how far slices may go, when to evaluate, save, stop. It is not on
/// the path of a step. A pure state machine: a message in, effects out. This file: state,
/// dispatch and fences; <c>Coordinator.Members.cs</c>: workers and their work;
/// <c>Coordinator.Phases.cs</c>: the run's course; <c>Coordinator.Ending.cs</c>: its ends.
/// </summary>
/// <remarks>
/// <code>
///  Gathering ─min. workers─► Restoring ─all slices ready─► Training ◄──────────────┐
///                                                            │ │ epoch's end       │ goes on
///           stop, or a step failed three times               │ ▼                   │
///   Holding ◄──────────────────────────────────┬─────────────┘ Evaluating ─────────┤
///      │ all slices held                        │ stop, failure │ │ improved        │
///      ▼                                        └─ Abandoning ◄─┘ ▼                 │
///   Meeting                                                    KeepingBest ─────────┘
///      │ slice 0 is at the highest version held                 │ last epoch, or
///      └───────────────────────────────────────────► Saving ◄───┘ early stopping
///                                                      │ │ the last checkpoint is written
///                          stopped or failed           │ └──► RestoringBest ─► Testing
///          Ended ◄─────────────────────────────────────┘                            │
///            ▲──────────────────────────────────────────────────────────────────────┘
///  From every state: GivingUp (an update was refused: waits for a checkpoint under way) ─► Ended
/// </code>
/// </remarks>
public sealed partial class Coordinator
{
    // In the order of a run's life; from RestoringBest on nothing is trained any more.
    private enum Phase
    {
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
    }

    private readonly RunPlan _plan;
    private readonly CoordinatorOptions _options;
    private readonly SliceSet _awaited;
    private readonly Roster _roster = new();
    private readonly CheckpointSchedule _checkpoints;
    private readonly FailureCount _failures = new();

    // The steps that slices may be at: the newest one known to be published, by parity, and the
    // one before, since another slice may lag by one.
    private readonly WorkLedger[] _ledgers = [new(), new()];
    private readonly WorkLedger _evaluationLedger = new();

    private Phase _phase;
    private bool _isStarted;
    private Generation _generation;

    // The highest version that slice 0 is known to have published; −1: none.
    private long _published = -1;

    // Steps are allowed until here; then the version where held slices meet and the run ends.
    private long _barrier;
    private long _final;
    private bool _slicesLag;
    private long? _best;

    private Evaluate? _evaluation;
    private EvaluationCompleted? _judgement;
    private int _evaluations;

    // Set once the run is to end otherwise than by completion.
    private (RunOutcome Outcome, string? Cause)? _ending;

    private long _ticks;

    public Coordinator(RunId run, RunPlan plan, CoordinatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        Run = run;
        _plan = plan.Checked();
        _options = options.Checked(plan);
        _awaited = new SliceSet(plan.Slices);
        _checkpoints = new CheckpointSchedule(plan);
        _best = options.BestVersion;
        _final = options.Version;
    }

    /// <summary>The run that is led.</summary>
    public RunId Run { get; }

    /// <summary>Begins as soon as enough workers have joined.</summary>
    public void Start(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _isStarted = true;
        TryBecomeRestoring(effects);
    }

    /// <summary>Time passes: <see cref="ProtocolTicks.Milliseconds"/> since the last call.
    /// </summary>
    public void Tick(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _ticks++;
    }

    /// <summary>Takes one message in and adds what follows from it.</summary>
    public void Handle(CoordinatorMessage message, IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(effects);
        if (_phase == Phase.Ended)
        {
            effects.Refuse(message, "the run has ended");
            return;
        }

        switch (message)
        {
            case StepCompleted m when IsCurrent(m, m.Generation, effects):
                OnStepCompleted(m, effects);
                break;
            case WorkerJoined m: OnWorkerJoined(m, effects); break;
            case WorkerLost m: OnWorkerLost(m, effects); break;
            case WorkerFailed m: OnWorkerFailed(m, effects); break;
            case SliceReady m
                when IsAwaited(m, m.Slice, m.Generation,
                    _phase is Phase.Restoring or Phase.RestoringBest, effects):
                OnSliceReady(effects);
                break;
            case StepsHeld m
                when IsAwaited(m, m.Slice, m.Generation, _phase is Phase.Holding, effects):
                OnStepsHeld(m, effects);
                break;
            case BestKept m
                when IsAwaited(m, m.Slice, m.Generation, _phase is Phase.KeepingBest, effects):
                OnBestKept(effects);
                break;
            case UpdateRefused m when IsCurrent(m, m.Generation, effects):
                OnUpdateRefused(m, effects);
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
        }
    }

    // The fences. Each refuses by name and returns false.

    private bool IsCurrent(object message, Generation generation, IList<Effect> effects)
    {
        if (generation == _generation)
        {
            return true;
        }

        effects.Refuse(message, "not this generation");
        return false;
    }

    /// <summary>One answer of each slice, in the phase that asked for it.</summary>
    private bool IsAwaited(
        object message, SliceId slice, Generation generation, bool isPhase,
        IList<Effect> effects)
    {
        if (!IsCurrent(message, generation, effects))
        {
            return false;
        }

        if (isPhase && _awaited.TryRemove(slice))
        {
            return true;
        }

        effects.Refuse(message, "nobody waits for it");
        return false;
    }
}
