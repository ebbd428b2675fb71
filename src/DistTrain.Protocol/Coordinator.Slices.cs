namespace DistTrain.Protocol;

/// <summary>What the slices say of themselves, and how they come back when one is lost.</summary>
/// <remarks>
/// A status is level-triggered: whatever a slice lacks by what it says is sent to it, whether it
/// was never sent, was lost, or is under way still.
/// </remarks>
public sealed partial class Coordinator
{
    // Of one version after another, or of the best copy, before a step is trained again.
    private const int MostRestoreFailures = 8;

    private int _restoreFailures;

    private void OnSliceStatus(SliceStatus status, IList<Effect> effects)
    {
        bool isOurs = status.Run == Run && _slices.Knows(status.Slice);
        if (!isOurs || _slices.IsOld(status) || _phase == Phase.Created)
        {
            effects.Refuse(status, isOurs ? "a newer one was heard" : "another run");
            return;
        }

        bool hasRestarted = _slices.HasRestarted(status);
        bool mayBeNewer = _phase is Phase.Asking or Phase.Gathering;
        bool isLater = status.Generation.Coordinator > _options.Number;
        if (status.Generation > _generation && (isLater || !mayBeNewer))
        {
            effects.Refuse(status, "not this generation");
            OnHigherGeneration(status.Generation, effects);
            return;
        }

        switch (_phase)
        {
            case Phase.Asking: OnAnswer(status, effects); break;
            case Phase.Gathering:
                _slices.Set(status);
                _highest = Max(_highest, status.Generation);
                break;
            case Phase.Restoring or Phase.RestoringBest when _awaited.Contains(status.Slice):
                _slices.Set(status);
                OnRestored(status, hasRestarted, effects);
                break;
            case var _ when hasRestarted:
                OnSliceLost(new SliceLost(status.Slice, "it started anew"), effects);
                break;
            case var _ when status.Generation < _generation:
                effects.Refuse(status, "not this generation");
                break;
            case Phase.Adopting: OnAdopted(status, effects); break;
            default:
                _slices.Set(status);
                Supply(status, effects);
                break;
        }
    }

    /// <summary>Sends what the slice lacks, and hears what it has done.</summary>
    private void Supply(SliceStatus status, IList<Effect> effects)
    {
        bool isTraining = _phase is >= Phase.Training and < Phase.GivingUp;
        if (!isTraining || status.Condition != SliceCondition.Ready)
        {
            return;
        }

        if (_phase == Phase.KeepingBest && status.BestVersion == _judgement.Version)
        {
            OnBestKept(status.Slice, effects);
        }

        if (status.IsHeld)
        {
            SupplyHeld(status, effects);
        }
        else if (status.Limit < _barrier && _phase is not (Phase.Holding or Phase.Meeting))
        {
            effects.Add(new SendToSlice(status.Slice, new AllowSteps(_generation, _barrier)));
        }

        if (status.Slice.Value == 0)
        {
            SupplyFirst(status, effects);
        }

        GiveUpSnapshotPassedBy(status, effects);
    }

    private void SupplyHeld(SliceStatus status, IList<Effect> effects)
    {
        if (_phase == Phase.Holding)
        {
            OnHeld(status, effects);
        }
        else if (_phase is Phase.Meeting or Phase.Saving && status.Limit < _final)
        {
            effects.Add(new SendToSlice(status.Slice, new MeetAt(_generation, _final)));
        }
    }

    private void SupplyFirst(SliceStatus status, IList<Effect> effects)
    {
        if (status.Assignment is { } assignment && status.Version >= _published)
        {
            OnStepCompleted(
                new StepCompleted(_generation, status.Version, assignment), effects);
        }

        if (status.AssignmentNumber < _roster.Number)
        {
            SendAssignment(effects);
        }
    }

    private void OnSliceLost(SliceLost message, IList<Effect> effects)
    {
        if (!_slices.Knows(message.Slice))
        {
            effects.Refuse(message, "no such slice");
            return;
        }

        effects.Add(new Report(new SliceLeftRun(message.Slice, message.Cause)));
        switch (_phase)
        {
            case Phase.Asking:
                _awaited.Await(message.Slice);
                break;
            case Phase.GivingUp:
                End(_ending!.Value.Outcome, _final, _ending.Value.Cause, effects);
                break;
            case > Phase.Asking and not Phase.Gathering:
                Restore($"slice {message.Slice.Value} was lost: {message.Cause}", effects);
                break;
        }
    }

    /// <summary>Takes all slices back to the newest checkpoint, or to the start: whatever they
    /// hold is void, and comes again to the same bits.</summary>
    private void Restore(string cause, IList<Effect> effects)
    {
        CloseLedgers();
        _speculative.Clear();
        _checkpoints.Suspend();
        effects.Add(new Report(new RunRolledBack(_restorePoints.Newest.Version, cause)));
        Enter(Phase.Gathering);
        TryBecomeRestoring(effects);
    }

    private void TryBecomeRestoring(IList<Effect> effects)
    {
        // A run that is to end waits for nobody.
        int least = _leads || _ending is not null ? 0 : _options.MinWorkers;
        if (_phase != Phase.Gathering || _roster.Live.Length < least)
        {
            return;
        }

        (RestoreSource Source, long Version) from = _restorePoints.Newest;
        if (_ending is var (outcome, cause))
        {
            End(outcome, from.Version, cause ?? CauseOfEndAt(from.Source), effects);
            return;
        }

        BecomeRestoring(Phase.Restoring, from, effects);
        SendAssignment(effects);
    }

    private void BecomeRestoring(
        Phase phase, (RestoreSource Source, long Version) from, IList<Effect> effects)
    {
        Enter(phase);
        RaiseGeneration();
        _stateFrom = _generation;
        _restored = from;
        _published = -1;
        _awaited.AwaitAll();
        SendRestore(effects);
    }

    private void SendRestore(IList<Effect> effects)
    {
        for (int i = 0; i < _plan.Slices; i++)
        {
            if (_awaited.Contains(new SliceId(i)))
            {
                SendRestore(new SliceId(i), effects);
            }
        }
    }

    private void SendRestore(SliceId slice, IList<Effect> effects) =>
        effects.Add(new SendToSlice(slice, new RestoreSlice(
            _generation, _slices.IncarnationOf(slice), _restored.Source, _restored.Version)));

    private void OnRestored(SliceStatus status, bool hasRestarted, IList<Effect> effects)
    {
        bool isRestored = status.Generation == _generation && status.Restored == _generation
            && status.Condition == SliceCondition.Ready;
        if (!isRestored)
        {
            if (hasRestarted)
            {
                SendRestore(status.Slice, effects);
            }

            return;
        }

        Invariant.Holds(status.Version == _restored.Version, "a restored slice takes no step");
        if (!_awaited.TryRemove(status.Slice) || !_awaited.IsEmpty)
        {
            return;
        }

        _leads = true;
        SliceStatus first = _slices.All[0];
        if (_phase == Phase.RestoringBest)
        {
            BecomeTesting(effects);
            return;
        }

        _best = first.BestVersion;
        _barrier = _restored.Version;
        _published = Math.Max(_published, _restored.Version);
        _checkpoints.Begin(
            _restored.Version, isOnDisk: _restored.Source == RestoreSource.Checkpoint);
        OpenFirstLedger(first, effects);
        if (_plan.IsEpochEnd(_restored.Version))
        {
            GoOnFromEpochEnd(_restored.Version, first.Judged, effects);
        }
        else
        {
            GoOnFrom(_restored.Version, false, effects);
        }
    }

    private void OnRestoreFailed(RestoreFailed message, IList<Effect> effects)
    {
        string cause = $"version {_restored.Version} could not be restored: {message.Cause}";
        if (_restored.Source != RestoreSource.Best)
        {
            _restorePoints.DropNewest();
        }

        if (++_restoreFailures < MostRestoreFailures)
        {
            Restore(cause, effects);
        }
        else
        {
            End(RunOutcome.Failed, _restored.Version, cause, effects);
        }
    }
}
