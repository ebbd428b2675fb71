namespace DistTrain.Protocol;

/// <summary>How a run ends: on request, for want of a finite or a working step, or done.</summary>
public sealed partial class Coordinator
{
    private void OnStopRequested(StopRequested message, IList<Effect> effects)
    {
        if (_ending is not null)
        {
            effects.Refuse(message, "the run is ending already");
            return;
        }

        EndInOrder(RunOutcome.Interrupted, null, effects);
    }

    /// <summary>Brings all slices to rest at one version, saves it and ends.</summary>
    private void EndInOrder(RunOutcome outcome, string? cause, IList<Effect> effects)
    {
        _ending = (outcome, cause);
        switch (_phase)
        {
            case Phase.Gathering or Phase.Restoring:
                (RestoreSource source, long version) = _restorePoints.Newest;
                End(outcome, version, cause ?? CauseOfEndAt(source), effects);
                break;
            case Phase.RestoringBest or Phase.Testing:
                End(outcome, _final, cause, effects);
                break;
            case Phase.Training:
                BecomeHolding(effects);
                break;
            case Phase.Evaluating:
                Enter(Phase.Abandoning);
                SendAbandon(effects);
                break;
        }
    }

    /// <summary>Why nothing later than what a restore would begin from is saved.</summary>
    private string? CauseOfEndAt(RestoreSource source) => !_leads
        ? "stopped before the first step"
        : source == RestoreSource.Initial ? "stopped before the first checkpoint" : null;

    private void SendAbandon(IList<Effect> effects) => effects.Add(new SendToSlice(
        new SliceId(0), new AbandonEvaluation(_generation, _evaluation!.Evaluation)));

    private void BecomeHolding(IList<Effect> effects)
    {
        Enter(Phase.Holding);
        _final = -1;
        _slicesLag = false;
        _awaited.AwaitAll();
        effects.SendToAllSlices(_plan, new HoldSteps(_generation));
    }

    private void OnHeld(SliceStatus status, IList<Effect> effects)
    {
        if (!_awaited.TryRemove(status.Slice))
        {
            return;
        }

        _slicesLag |= _final >= 0 && status.Limit != _final;
        _final = Math.Max(_final, status.Limit);
        if (!_awaited.IsEmpty)
        {
            return;
        }

        Enter(Phase.Meeting);
        effects.SendToAllSlices(_plan, new MeetAt(_generation, _final));
        if (_published >= _final)
        {
            BecomeSaving(_final, effects);
        }
    }

    /// <summary>The state after that step is not finite, or not known: it is saved nowhere, and
    /// the last good checkpoint stays. One under way is of an earlier version; it is awaited.
    /// </summary>
    private void OnUpdateRefused(UpdateRefused message, IList<Effect> effects)
    {
        string cause = message.Cause;
        if (message.Kind == UpdateFailure.Thrown)
        {
            int failures = _updateFailures.Add(message.Step);
            if (failures < FailureCount.Limit)
            {
                Restore($"applying step {message.Step} failed: {cause}", effects);
                return;
            }

            cause = $"applying step {message.Step} failed {failures} times; the last time: {cause}";
        }

        _ending = (RunOutcome.Failed, cause);
        _final = message.Step;
        if (_checkpoints.UnderWay <= message.Step)
        {
            Enter(Phase.GivingUp);
        }
        else
        {
            End(RunOutcome.Failed, _final, cause, effects);
        }
    }

    private void End(RunOutcome outcome, long version, string? cause, IList<Effect> effects)
    {
        Enter(Phase.Ended);
        CloseLedgers();
        effects.Add(new SendToAllWorkers(new RunEnded(Run, _generation)));
        effects.Add(new EndRun(outcome, version, cause));
    }
}
