namespace DistTrain.Protocol;

/// <summary>Restoring, publishing, and how far steps may go.</summary>
public sealed partial class ParameterServer
{
    private void OnRestoreSlice(RestoreSlice message, IList<Effect> effects)
    {
        if (message.Incarnation != _incarnation)
        {
            effects.Refuse(message, "for another incarnation");
            SendStatus(effects);
            return;
        }

        bool isAgain = message.Generation == _generation && _generation == _restored;
        if (message.Generation <= _generation)
        {
            effects.Refuse(message, "not a newer generation");
            if (isAgain && _phase > Phase.AwaitingAssignment)
            {
                // The answer may have been lost.
                SendStatus(effects);
                Repeat(_failure, effects);
            }

            return;
        }

        _generation = message.Generation;
        _restored = message.Generation;
        _source = message.Source;
        _phase = Phase.Loading;
        _version = message.Version;
        _limit = message.Version;
        _isHeld = false;
        _published = null;
        _publishedBefore = null;
        _ownNorms = null;
        _ownNormsBefore = null;
        _failure = null;
        _trees.Begin(_version);
        _norms.Begin();
        _straggler.Begin();
        _orders.Begin(_version, effects);
        _evaluation.Restore(null);
        TakeEarlyAssignment();
        if (message.Source == RestoreSource.Best && _bestVersion != _version)
        {
            // It started anew since it kept one.
            Fail(new RestoreFailed(_slice, _generation, "the best copy is gone"), effects);
            return;
        }

        effects.Add(new LoadState(_restored, message.Source, _version));
    }

    private void Fail(CoordinatorMessage failure, IList<Effect> effects)
    {
        _phase = Phase.Failed;
        _failure = failure;
        effects.Add(new SendToCoordinator(failure));
    }

    private void OnStateLoaded(StateLoaded message, IList<Effect> effects)
    {
        bool isLoading = _phase == Phase.Loading;
        if (!IsUnderWay(message, isLoading, message.Generation, message.Version, effects))
        {
            return;
        }

        _parameters = message.Parameters;
        _bestVersion = _source == RestoreSource.Best ? _version : message.BestVersion;
        if (IsSliceZero && _plan.IsEpochEnd(_version) && message.Verdict != EpochVerdict.Open)
        {
            _evaluation.Restore(new Judgement(
                _version, _bestVersion == _version, message.Verdict == EpochVerdict.Stop));
        }

        _phase = Phase.AwaitingAssignment;
        PublishRestored(effects);
    }

    private void OnLoadFailed(LoadFailed message, IList<Effect> effects)
    {
        if (IsUnderWay(message, _phase == Phase.Loading, message.Generation, _version, effects))
        {
            Fail(new RestoreFailed(_slice, _generation, message.Cause), effects);
        }
    }

    private void OnSetAssignment(SetAssignment message, IList<Effect> effects)
    {
        // One of a newer generation may overtake what begins it; it is kept for then.
        ref SetAssignment? place = ref _newestAssignment;
        if (message.Generation > _generation)
        {
            place = ref _earlyAssignment;
        }

        bool isOld = message.Generation < _generation
            || message.Generation < place?.Generation
            || (message.Generation == place?.Generation
                && message.Assignment.Number <= place.Assignment.Number);
        if (!IsSliceZero || isOld)
        {
            effects.Refuse(message, "not a newer assignment for slice 0");
            return;
        }

        place = message;
        PublishRestored(effects);
    }

    private void TakeEarlyAssignment()
    {
        if (_earlyAssignment?.Generation == _generation)
        {
            _newestAssignment = _earlyAssignment;
            _earlyAssignment = null;
        }
    }

    /// <summary>Slice 0 publishes nothing before it knows who computes.</summary>
    private void PublishRestored(IList<Effect> effects)
    {
        bool knowsWhoComputes = !IsSliceZero || _newestAssignment?.Generation == _generation;
        if (_phase == Phase.AwaitingAssignment && knowsWhoComputes)
        {
            Publish(effects);
            SendStatus(effects);
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

        SendStatus(effects);
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

    private void OnTakeSnapshot(TakeSnapshot message, IList<Effect> effects)
    {
        if (_orders.Keeps(message.Version) || IsCopyable(message, message.Version, effects))
        {
            _orders.OrderSnapshot(message.Version, _generation, effects);
            CarryOutOrders(effects);
            Proceed(effects);
        }
    }

    private void OnKeepBest(KeepBest message, IList<Effect> effects)
    {
        if (_bestVersion == message.Version)
        {
            SendStatus(effects);
        }
        else if (IsCopyable(message, message.Version, effects))
        {
            _orders.OrderBest(message.Version);
            CarryOutOrders(effects);
        }
    }

    private void CarryOutOrders(IList<Effect> effects)
    {
        if (HoldsVersion && _orders.CarryOut(_generation, _version, effects))
        {
            _bestVersion = _version;
            SendStatus(effects);
        }
    }
}
