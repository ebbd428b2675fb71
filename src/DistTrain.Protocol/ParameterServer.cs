namespace DistTrain.Protocol;

/// <summary>
/// One parameter slice: gathers the gradient of the step under way, has it applied, publishes
/// the next version. A pure state machine: a message in, effects out.
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
public sealed class ParameterServer
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

    // Steps may be applied until this version; once held, only MeetAt moves it.
    private long _limit;
    private bool _isHeld;

    // Slice 0: the newest assignment heard of, and the one in force.
    private SetAssignment? _newestAssignment;

    // For those who join: the last two publications. The older one is given up when its buffer
    // may be overwritten; by then every slice has published the newer one.
    private ParametersPublished? _published;
    private ParametersPublished? _publishedBefore;

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

    private void OnRestoreSlice(RestoreSlice message, IList<Effect> effects)
    {
        if (message.Generation <= _generation)
        {
            effects.Refuse(message, "not a newer generation");
            return;
        }

        _generation = message.Generation;
        _phase = Phase.Loading;
        _version = message.Version;
        _limit = message.Version;
        _isHeld = false;
        _published = null;
        _publishedBefore = null;
        _tree.Begin(_plan.MicrobatchesOf(_version));
        _norms.Begin();
        _orders.Begin(_version);
        _evaluation.Reset();
        effects.Add(new LoadState(_generation, message.Source, _version));
    }

    private void OnStateLoaded(StateLoaded message, IList<Effect> effects)
    {
        if (message.Generation != _generation || _phase != Phase.Loading)
        {
            effects.Refuse(message, "not what is being loaded");
            return;
        }

        Invariant.Holds(message.Version == _version, "the version asked for is restored");
        _parameters = message.Parameters;
        _phase = Phase.AwaitingAssignment;
        PublishRestored(effects);
    }

    private void OnSetAssignment(SetAssignment message, IList<Effect> effects)
    {
        // One of a newer generation may overtake its RestoreSlice; it is kept for then.
        Generation newest = _newestAssignment?.Generation ?? _generation;
        if (!IsSliceZero
            || message.Generation < _generation
            || message.Generation < newest
            || message.Assignment.Number <= (_newestAssignment?.Assignment.Number ?? -1))
        {
            effects.Refuse(message, "not a newer assignment for slice 0");
            return;
        }

        _newestAssignment = message;
        PublishRestored(effects);
    }

    /// <summary>Slice 0 publishes nothing before it knows who computes.</summary>
    private void PublishRestored(IList<Effect> effects)
    {
        bool knowsWhoComputes = !IsSliceZero || _newestAssignment?.Generation == _generation;
        if (_phase == Phase.AwaitingAssignment && knowsWhoComputes)
        {
            Publish(effects);
            effects.Add(new SendToCoordinator(new SliceReady(_slice, _generation, _version)));
        }
    }

    private void Publish(IList<Effect> effects)
    {
        Assignment? assignment = null;
        if (IsSliceZero)
        {
            bool isNew = _newestAssignment?.Generation == _generation;
            assignment = isNew ? _newestAssignment!.Assignment : _published?.Assignment;
            Invariant.Holds(assignment is not null, "every version comes with an assignment");
        }

        _phase = Phase.Gathering;
        _publishedBefore = _published;
        _published = new ParametersPublished(
            _run, _generation, _slice, _version, _parameters, assignment);
        effects.Add(new SendToAllWorkers(_published));
        if (assignment is not null)
        {
            effects.Add(new SendToCoordinator(
                new StepCompleted(_generation, _version, assignment)));
        }

        CarryOutOrders(effects);
    }

    private void OnWorkerWelcomed(WorkerWelcomed message, IList<Effect> effects)
    {
        if (_publishedBefore is not null)
        {
            effects.Add(new SendToWorker(message.Worker, _publishedBefore));
        }

        if (_published is not null)
        {
            effects.Add(new SendToWorker(message.Worker, _published));
        }
    }

    private void OnContribution(Contribution message, IList<Effect> effects)
    {
        // Not fenced by generation: any correct contribution to this step is the same bits.
        if (message.Run != _run)
        {
            effects.Refuse(message, "another run");
        }
        else if (message.Step != _version || message.Step >= _plan.TotalSteps)
        {
            effects.Refuse(message, message.Step < _version ? "step is past" : "no such step yet");
        }
        else if (_phase is Phase.Empty or Phase.Loading or Phase.AwaitingAssignment)
        {
            effects.Refuse(message, "nothing is published here");
        }
        else
        {
            switch (_tree.Accept(message.Node, message.Gradient))
            {
                case Acceptance.NotANode:
                    effects.Refuse(message, "no node of this step's tree");
                    break;
                case Acceptance.AlreadyCovered:
                    effects.Refuse(message, "already covered");
                    break;
                case Acceptance.Accepted:
                    Proceed(effects);
                    break;
            }
        }
    }

    private void OnGradientCombined(GradientCombined message, IList<Effect> effects)
    {
        if (_phase != Phase.Combining
            || message.Generation != _generation || message.Step != _version)
        {
            effects.Refuse(message, "not what is being combined");
            return;
        }

        _phase = Phase.Exchanging;
        bool isFirst = _norms.TryAdd(_slice, message.Partials);
        Invariant.Holds(isFirst, "a slice combines a step once");
        var partials = new NormPartials(_run, _generation, _version, _slice, message.Partials);
        for (int i = 0; i < _plan.Slices; i++)
        {
            if (i != _slice.Value)
            {
                effects.Add(new SendToSlice(new SliceId(i), partials));
            }
        }

        Proceed(effects);
    }

    private void OnNormPartials(NormPartials message, IList<Effect> effects)
    {
        if (message.Run != _run || message.Generation != _generation || message.Step != _version
            || message.From.Value < 0 || message.From.Value >= _plan.Slices
            || message.From == _slice)
        {
            effects.Refuse(message, "not of this step");
        }
        else if (!_norms.TryAdd(message.From, message.Partials))
        {
            effects.Refuse(message, "that slice's partials are there");
        }
        else
        {
            Proceed(effects);
        }
    }

    /// <summary>
    /// Goes one step further if it may. Nothing starts outside <c>AllowSteps</c>, not even the
    /// combining: its partial norms must not reach a slice that was not restored yet.
    /// </summary>
    private void Proceed(IList<Effect> effects)
    {
        if (_version >= _limit || !_tree.IsComplete || !_orders.MayLeave(_version))
        {
            return;
        }

        if (_phase == Phase.Gathering && _plan.ClipsGlobalNorm)
        {
            _phase = Phase.Combining;
            effects.Add(new CombineGradient(_generation, _version, _tree.InTreeOrder()));
        }
        else if (_phase == Phase.Gathering)
        {
            BecomeUpdating([], effects);
        }
        else if (_phase == Phase.Exchanging && _norms.IsComplete)
        {
            BecomeUpdating(_norms.BySlice(), effects);
        }
    }

    private void BecomeUpdating(
        System.Collections.Immutable.ImmutableArray<TensorHandle> partials,
        IList<Effect> effects)
    {
        _phase = Phase.Updating;
        _publishedBefore = null;
        effects.Add(new ApplyUpdate(_generation, _version, _tree.InTreeOrder(), partials));
    }

    private void OnUpdateApplied(UpdateApplied message, IList<Effect> effects)
    {
        if (!IsBeingApplied(message, message.Generation, message.Step, effects))
        {
            return;
        }

        _version++;
        Invariant.Holds(_version <= _limit, "no step is applied beyond the steps allowed");
        _parameters = message.Parameters;
        _tree.Begin(_plan.MicrobatchesOf(_version));
        _norms.Begin();
        Publish(effects);
    }

    private void OnUpdateFailed(UpdateFailed message, IList<Effect> effects)
    {
        if (IsBeingApplied(message, message.Generation, message.Step, effects))
        {
            _phase = Phase.Failed;
            effects.Add(new SendToCoordinator(
                new UpdateRefused(_slice, _generation, _version, message.Cause)));
        }
    }

    private void OnAllowSteps(AllowSteps message, IList<Effect> effects)
    {
        if (_isHeld || message.Version <= _limit)
        {
            effects.Refuse(message, _isHeld ? "steps are held" : "already allowed");
            return;
        }

        _limit = Math.Min(message.Version, _plan.TotalSteps);
        Proceed(effects);
    }

    private void OnHoldSteps(IList<Effect> effects)
    {
        if (!_isHeld)
        {
            _isHeld = true;
            _limit = _phase == Phase.Updating ? _version + 1 : _version;
        }

        effects.Add(new SendToCoordinator(new StepsHeld(_slice, _generation, _limit)));
    }

    private void OnMeetAt(MeetAt message, IList<Effect> effects)
    {
        if (!_isHeld)
        {
            effects.Refuse(message, "steps are not held");
            return;
        }

        _limit = Math.Max(_limit, message.Version);
        Proceed(effects);
    }

    private void CarryOutOrders(IList<Effect> effects)
    {
        if (HoldsVersion)
        {
            _orders.CarryOut(_slice, _generation, _version, effects);
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
