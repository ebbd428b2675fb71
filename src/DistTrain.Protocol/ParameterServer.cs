using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// One parameter slice: gathers the gradient of the step under way, has it applied, publishes
/// the next version. A pure state machine: a message in, effects out. This file: state, dispatch
/// and fences; <c>ParameterServer.Steps.cs</c>: the path of a step;
/// <c>ParameterServer.Control.cs</c>: what the coordinator says.
/// </summary>
/// <remarks>
/// <code>
///            RestoreSlice (a higher generation, from every state)
///                 │
///  Empty ───► Loading ──StateLoaded──► AwaitingAssignment (slice 0 only)
///                                            │ publishes
///                 ┌───────────────────► Gathering ◄───────────┐
///                 │   root complete, steps allowed            │ UpdateApplied:
///                 │        │ clipping            │ no clipping│ publishes the next version
///                 │   Combining                  │            │
///                 │        │ GradientCombined    ▼            │
///                 │   Exchanging ──────────► Updating ────────┘
///                 │    every slice's partials    │
///                 └─ (waits in place)            └─UpdateFailed──► Failed
/// </code>
/// Invariant: within a generation all slices are within one version of each other. To compute
/// step v a worker needs version v of every slice, so a contribution to v can only reach slices
/// that have published v: none needs to be kept for later.
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
    private readonly ContributionTree _tree = new();
    private readonly NormExchange _norms;
    private readonly SnapshotOrders _orders;
    private readonly EvaluationGathering _evaluation;

    private Phase _phase;
    private Generation _generation;
    private long _version;
    private TensorHandle _parameters;

    // What the step under way is made of, once its tree is complete.
    private ImmutableArray<NodeTensor> _nodes;

    // Steps may be applied until this version; once held, only MeetAt moves it.
    private long _limit;
    private bool _isHeld;

    // Slice 0: the newest assignment heard of, and the one in force.
    private SetAssignment? _newestAssignment;

    // For those who join: the last two publications. The older one is given up when its buffer
    // may be overwritten; by then every slice has published the newer one.
    private ParametersPublished? _published;
    private ParametersPublished? _publishedBefore;

    private long _ticks;

    public ParameterServer(RunId run, RunPlan plan, SliceId slice)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _run = run;
        _plan = plan.Checked();
        _slice = slice;
        _norms = new NormExchange(plan.Slices);
        _orders = new SnapshotOrders(plan);
        _evaluation = new EvaluationGathering(run, plan);
    }

    private bool IsSliceZero => _slice.Value == 0;

    /// <summary>The version held may be copied: it is published and not being replaced.</summary>
    private bool HoldsVersion => _phase is Phase.Gathering or Phase.Combining or Phase.Exchanging;

    /// <summary>Time passes: <see cref="ProtocolTicks.Milliseconds"/> since the last call.
    /// </summary>
    public void Tick(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _ticks++;
    }

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
            case UpdateApplied m: OnUpdateApplied(m, effects); break;
            case UpdateFailed m: OnUpdateFailed(m, effects); break;
            case WorkerWelcomed m: OnWorkerWelcomed(m, effects); break;
            case RestoreSlice m: OnRestoreSlice(m, effects); break;
            case StateLoaded m: OnStateLoaded(m, effects); break;
            case SetAssignment m: OnSetAssignment(m, effects); break;
            case EvaluationContribution m when IsEvaluated(m, m.Generation, m.Version, effects):
                _evaluation.OnContribution(m, effects);
                break;
            case JudgeEpoch m when IsEvaluated(m, m.Generation, m.Version, effects):
                _evaluation.OnJudgeEpoch(m, effects);
                break;
            case AbandonEvaluation m when IsCurrent(m, m.Generation, effects):
                _evaluation.OnAbandon(m, effects);
                break;
            case EvaluationReduced m when IsCurrent(m, m.Generation, effects):
                _evaluation.OnReduced(m, effects);
                break;
            case AllowSteps m when IsCurrent(m, m.Generation, effects):
                OnAllowSteps(m, effects);
                break;
            case HoldSteps m when IsCurrent(m, m.Generation, effects):
                OnHoldSteps(effects);
                break;
            case MeetAt m when IsCurrent(m, m.Generation, effects): OnMeetAt(m, effects); break;
            case TakeSnapshot m when IsCopyable(m, m.Generation, m.Version, effects):
                _orders.OrderSnapshot(m.Version);
                CarryOutOrders(effects);
                Proceed(effects);
                break;
            case KeepBest m when IsCopyable(m, m.Generation, m.Version, effects):
                _orders.OrderBest(m.Version);
                CarryOutOrders(effects);
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

    private bool IsCopyable(
        object message, Generation generation, long version, IList<Effect> effects)
    {
        if (!IsCurrent(message, generation, effects))
        {
            return false;
        }

        if (_phase != Phase.Failed && (version > _version || (version == _version && HoldsVersion)))
        {
            return true;
        }

        effects.Refuse(message, "that version is gone");
        return false;
    }

    private bool IsBeingApplied(
        object message, Generation generation, long step, IList<Effect> effects)
    {
        if (_phase == Phase.Updating && generation == _generation && step == _version)
        {
            return true;
        }

        effects.Refuse(message, "not what is being applied");
        return false;
    }
}
