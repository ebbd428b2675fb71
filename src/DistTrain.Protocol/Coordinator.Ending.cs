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
                End(outcome, _final, cause ?? "stopped before the first step", effects);
                break;
            case Phase.RestoringBest or Phase.Testing:
                End(outcome, _final, cause, effects);
                break;
            case Phase.Training:
                BecomeHolding(effects);
                break;
            case Phase.Evaluating:
                _phase = Phase.Abandoning;
                effects.Add(new SendToSlice(new SliceId(0), new AbandonEvaluation(
                    _generation, _evaluation!.Evaluation)));
                break;
        }
    }

    private void BecomeHolding(IList<Effect> effects)
    {
        _phase = Phase.Holding;
        _final = -1;
        _slicesLag = false;
        _awaited.AwaitAll();
        effects.SendToAllSlices(_plan, new HoldSteps(_generation));
    }

    private void OnStepsHeld(StepsHeld message, IList<Effect> effects)
    {
        _slicesLag |= _final >= 0 && message.Version != _final;
        _final = Math.Max(_final, message.Version);
        if (!_awaited.IsEmpty)
        {
            return;
        }

        _phase = Phase.Meeting;
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
        _ending = (RunOutcome.Failed, message.Cause);
        _final = message.Step;
        if (_checkpoints.UnderWay <= message.Step)
        {
            _phase = Phase.GivingUp;
        }
        else
        {
            End(RunOutcome.Failed, _final, message.Cause, effects);
        }
    }

    private void End(RunOutcome outcome, long version, string? cause, IList<Effect> effects)
    {
        _phase = Phase.Ended;
        CloseLedgers();
        effects.Add(new SendToAllWorkers(new RunEnded(Run, _generation)));
        effects.Add(new EndRun(outcome, version, cause));
    }
}
