namespace DistTrain.Protocol;

/// <summary>Checkpoints, and what follows the last one.</summary>
public sealed partial class Coordinator
{
    /// <summary>All slices come to rest at this version; the run ends once it is on disk.
    /// </summary>
    private void BecomeSaving(long version, IList<Effect> effects)
    {
        Enter(Phase.Saving);
        _final = version;
        _checkpoints.FinishAt(version);
        OrderDueCheckpoint(effects);
        if (_checkpoints.Saved == version)
        {
            OnLastCheckpointSaved(effects);
        }
    }

    private void OnLastCheckpointSaved(IList<Effect> effects)
    {
        if (_ending is var (outcome, cause))
        {
            End(outcome, _final, cause, effects);
        }
        else if (_plan.RestoresBest && _best is long best && best != _final)
        {
            _final = best;
            CloseLedgers();
            BecomeRestoring(Phase.RestoringBest, (RestoreSource.Best, best), effects);
            SendAssignmentOfRestore(effects);
        }
        else
        {
            BecomeTesting(effects);
        }
    }

    private void BecomeTesting(IList<Effect> effects)
    {
        if (_plan.TestMicrobatches == 0)
        {
            End(RunOutcome.Completed, _final, null, effects);
            return;
        }

        Enter(Phase.Testing);
        CloseLedgers();
        _evaluation = NextEvaluation(EvaluationSet.Test, _final);
        SendEvaluations(effects);
    }

    private void OrderDueCheckpoint(IList<Effect> effects)
    {
        if (_checkpoints.TakeDue() is long version)
        {
            _snapshotRetry.Restart();
            effects.SendToAllSlices(_plan, new TakeSnapshot(_generation, version));
        }
    }

    private void OnCheckpointSaved(CheckpointSaved message, IList<Effect> effects)
    {
        _restorePoints.Add(message.Version);
        if (!TryConclude(message.Generation, message.Version, isSaved: true))
        {
            effects.Refuse(message, "not under way");
            return;
        }

        effects.SendToAllSlices(_plan, new SnapshotDone(_generation, message.Version));
        effects.Add(new Report(new CheckpointWritten(message.Version)));
        if (_phase == Phase.Saving && message.Version == _final)
        {
            OnLastCheckpointSaved(effects);
        }
        else
        {
            OnCheckpointConcluded(effects);
        }
    }

    private void OnCheckpointFailed(CheckpointFailed message, IList<Effect> effects)
    {
        if (!TryConclude(message.Generation, message.Version, isSaved: false))
        {
            effects.Refuse(message, "not under way");
            return;
        }

        effects.SendToAllSlices(_plan, new SnapshotDone(_generation, message.Version));
        if (_phase == Phase.Saving && message.Version == _final)
        {
            string cause = $"the checkpoint of step {_final} could not be written: {message.Cause}";
            string? before = _ending?.Cause;
            End(RunOutcome.Failed, _final, before is null ? cause : $"{before}; {cause}", effects);
            return;
        }

        effects.Add(new Report(new CheckpointSkipped(message.Version, message.Cause)));
        OnCheckpointConcluded(effects);
    }

    /// <summary>Of copies made of this state: so every slice has got there and has made one. Those
    /// of before a restore are a state to go back to, and say nothing of the slices.</summary>
    private bool TryConclude(Generation generation, long version, bool isSaved) =>
        generation >= _stateFrom && generation <= _generation
        && _checkpoints.TryConclude(version, isSaved);

    private void OnCheckpointConcluded(IList<Effect> effects)
    {
        if (_phase == Phase.GivingUp)
        {
            End(_ending!.Value.Outcome, _final, _ending.Value.Cause, effects);
        }
        else
        {
            OrderDueCheckpoint(effects);
        }
    }

    /// <summary>A slice that is past the version under way and keeps no copy of it will never have
    /// one: another coordinator had done with that checkpoint.</summary>
    private void GiveUpSnapshotPassedBy(SliceStatus status, IList<Effect> effects)
    {
        if (_checkpoints.UnderWay is long version && status.Version > version
            && status.SnapshotVersion != version)
        {
            OnCheckpointFailed(
                new CheckpointFailed(
                    _generation, version, $"slice {status.Slice.Value} keeps no copy of it"),
                effects);
        }
    }
}
