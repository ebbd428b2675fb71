namespace DistTrain.Protocol;

/// <summary>Restoring, publishing, and how far steps may go.</summary>
public sealed partial class ParameterServer
{
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
}
