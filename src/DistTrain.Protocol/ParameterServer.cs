using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// One parameter slice: gathers the gradient of the step under way, has it applied, publishes
/// the next version. A pure state machine: a message in, effects out. This file: state, dispatch
/// and fences; <c>ParameterServer.Steps.cs</c>: the path of a step;
/// <c>ParameterServer.Control.cs</c>: what the coordinator says; <c>ParameterServer.Status.cs</c>:
/// what it and the others are told, and what time brings.
/// </summary>
/// <remarks>
/// <code>
///            RestoreSlice (a higher generation, from every state)
///                 │
///  Empty ───► Loading ──StateLoaded──► AwaitingAssignment (slice 0 only)
///                 │ LoadFailed               │ publishes
///      Failed ◄───┘                          ▼
///                 ┌───────────────────► Gathering ◄───────────┐
///                 │   root complete, steps allowed            │ UpdateApplied:
///                 │        │ clipping            │ no clipping│ publishes the next version
///                 │   Combining                  │            │
///                 │        │ GradientCombined    ▼            │
///                 │   Exchanging ──────────► Updating ────────┘
///                 │    every slice's partials    │
///                 └─ (waits in place)            └─UpdateFailed──► Failed
///  AdoptGeneration (a higher generation): the state stays.
/// </code>
/// Two generations: control messages carry <c>_generation</c>, the highest heard of; what the
/// engine and the other slices say carries <c>_restored</c>, the one in which the state was loaded,
/// since a new coordinator changes nothing about it.
/// Invariant: slices restored in one generation are within one version of each other. To compute
/// step v a synchronous worker needs version v of every slice, so a contribution to v can only
/// reach slices that have published v: none needs to be kept for later. Where gradients may be
/// stale, contributions to as many steps ahead are kept, and the slices wait for each other
/// (<see cref="RunPlan.SlicesMeetInEachStep"/>).
/// </remarks>
public sealed partial class ParameterServer
{
    private enum Phase
    {
        Empty,
        Loading,
        AwaitingAssignment,
        Gathering,
        Combining,
        Exchanging,
        Updating,
        Failed,
    }

    private readonly RunId _run;
    private readonly RunPlan _plan;
    private readonly SliceId _slice;
    private readonly long _incarnation;
    private readonly OpenTrees _trees;
    private readonly NormExchange _norms;
    private readonly SnapshotOrders _orders;
    private readonly EvaluationGathering _evaluation;
    private readonly StragglerTimer _straggler = new();
    private readonly RetryTimer _normsRetry = new(ProtocolTicks.Retry, ProtocolTicks.MostRetry);

    private Phase _phase;
    private Generation _generation;
    private Generation _restored;
    private RestoreSource _source;
    private long _version;
    private long? _bestVersion;
    private TensorHandle _parameters;

    // What the step under way is made of, once its tree is complete.
    private ImmutableArray<NodeTensor> _nodes;

    // The newest norms sent, for a slice that they did not reach; and those before, which a slice
    // may lack that has yet to apply their step.
    private NormPartials? _ownNorms;
    private NormPartials? _ownNormsBefore;

    // Steps may be applied until this version; once held, only MeetAt moves it.
    private long _limit;
    private bool _isHeld;

    // Slice 0: the newest assignment of the generation in force, and one that came too early.
    private SetAssignment? _newestAssignment;
    private SetAssignment? _earlyAssignment;

    // For those who join: the last two publications. The older one is given up when its buffer
    // may be overwritten; by then every slice has published the newer one.
    private ParametersPublished? _published;
    private ParametersPublished? _publishedBefore;

    // What made the slice fail, said again until it is restored.
    private CoordinatorMessage? _failure;
    private long _ticks;
    private long _statuses;

    /// <param name="run">The run; messages of others are refused.</param>
    /// <param name="plan">Its shape.</param>
    /// <param name="slice">Which slice.</param>
    /// <param name="incarnation">Raised by the engine whenever the slice starts with nothing.
    /// </param>
    public ParameterServer(RunId run, RunPlan plan, SliceId slice, long incarnation = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _run = run;
        _plan = plan.Checked();
        _slice = slice;
        _incarnation = incarnation;
        _trees = new OpenTrees(plan);
        _norms = new NormExchange(plan.Slices);
        _orders = new SnapshotOrders(plan);
        _evaluation = new EvaluationGathering(run, plan);
    }

    private bool IsSliceZero => _slice.Value == 0;

    /// <summary>The version held may be copied: it is published and not being replaced.</summary>
    private bool HoldsVersion => _phase is Phase.Gathering or Phase.Combining or Phase.Exchanging;

    /// <summary>Takes one message in and adds what follows from it.</summary>
    public void Handle(ParameterServerMessage message, IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(effects);
        switch (message)
        {
            case Contribution m: OnContribution(m, effects); break;
            case GradientCombined m: OnGradientCombined(m, effects); break;
            case NormPartials m: OnNormPartials(m, effects); break;
            case RequestNorms m: OnRequestNorms(m, effects); break;
            case UpdateApplied m: OnUpdateApplied(m, effects); break;
            case UpdateFailed m: OnUpdateFailed(m, effects); break;
            case WorkerWelcomed m: SendPublished(m.Worker, effects); break;
            case RequestParameters m: OnRequestParameters(m, effects); break;
            case ReportStatus m: OnReportStatus(m, effects); break;
            case AdoptGeneration m: OnAdoptGeneration(m, effects); break;
            case RestoreSlice m: OnRestoreSlice(m, effects); break;
            case StateLoaded m: OnStateLoaded(m, effects); break;
            case LoadFailed m: OnLoadFailed(m, effects); break;
            case SetAssignment m: OnSetAssignment(m, effects); break;
            case EvaluationReduced m: OnEvaluationReduced(m, effects); break;
            default: HandleFenced(message, effects); break;
        }
    }

    private void HandleFenced(ParameterServerMessage message, IList<Effect> effects)
    {
        switch (message)
        {
            case EvaluationContribution m when IsEvaluated(m, m.Generation, m.Version, effects):
                _evaluation.OnContribution(m, _restored, effects);
                break;
            case JudgeEpoch m when IsEvaluated(m, m.Generation, m.Version, effects):
                _evaluation.OnJudgeEpoch(m, _restored, effects);
                break;
            case AbandonEvaluation m when IsCurrent(m, m.Generation, effects):
                _evaluation.OnAbandon(m, _version, effects);
                break;
            case AllowSteps m when IsCurrent(m, m.Generation, effects):
                OnAllowSteps(m, effects);
                break;
            case HoldSteps m when IsCurrent(m, m.Generation, effects):
                OnHoldSteps(effects);
                break;
            case MeetAt m when IsCurrent(m, m.Generation, effects):
                OnMeetAt(m, effects);
                break;
            case TakeSnapshot m when IsCurrent(m, m.Generation, effects):
                OnTakeSnapshot(m, effects);
                break;
            case SnapshotDone m when IsCurrent(m, m.Generation, effects):
                _orders.OnDone(m.Version, effects);
                Proceed(effects);
                break;
            case KeepBest m when IsCurrent(m, m.Generation, effects):
                OnKeepBest(m, effects);
                break;
        }
    }

    // The fences. Each refuses by name and returns false.

    private bool IsCurrent(object message, Generation generation, IList<Effect> effects)
    {
        if (generation == _generation && _phase != Phase.Empty)
        {
            return true;
        }

        effects.Refuse(
            message, generation < _generation ? "older generation" : "generation not restored");
        return false;
    }

    private bool IsEvaluated(
        object message, Generation generation, long version, IList<Effect> effects)
    {
        if (!IsCurrent(message, generation, effects))
        {
            return false;
        }

        if (IsSliceZero && version == _version && HoldsVersion)
        {
            return true;
        }

        effects.Refuse(message, "slice 0 does not hold that version");
        return false;
    }

    private bool IsCopyable(object message, long version, IList<Effect> effects)
    {
        if (_phase != Phase.Failed && (version > _version || (version == _version && HoldsVersion)))
        {
            return true;
        }

        effects.Refuse(message, "that version is gone");
        return false;
    }

    /// <summary>The result of something asked of the engine for the state held now.</summary>
    private bool IsUnderWay(
        object message, bool isPhase, Generation generation, long step, IList<Effect> effects)
    {
        if (isPhase && generation == _restored && step == _version)
        {
            return true;
        }

        effects.Refuse(message, "not what is being done");
        return false;
    }
}
