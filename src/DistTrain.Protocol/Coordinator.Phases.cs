namespace DistTrain.Protocol;

/// <summary>The course of a run that completes: restore, train, evaluate, save, test.</summary>
public sealed partial class Coordinator
{
    /// <summary>All slices were found or restored at an epoch's end.</summary>
    private void GoOnFromEpochEnd(long version, Judgement? judged, IList<Effect> effects)
    {
        if (judged is not { } judgement || judgement.Version != version)
        {
            if (_ending is null)
            {
                BecomeEvaluating(version, effects);
            }
            else
            {
                BecomeHolding(effects);
            }

            return;
        }

        _judgement = judgement;
        bool isKept = !judgement.Improved || !_plan.RestoresBest
            || _slices.All.All(slice => slice.BestVersion == version);
        if (isKept)
        {
            _checkpoints.OnJudged(version);
            GoOnFrom(version, judgement.Stop, effects);
        }
        else
        {
            BecomeKeepingBest(effects);
        }
    }

    private void GoOnFrom(long version, bool isStopped, IList<Effect> effects)
    {
        if (_ending is not null)
        {
            BecomeHolding(effects);
            return;
        }

        if (isStopped || version == _plan.TotalSteps)
        {
            BecomeSaving(version, effects);
            return;
        }

        Enter(Phase.Training);
        _barrier = _plan.NextEpochEnd(version);
        effects.SendToAllSlices(_plan, new AllowSteps(_generation, _barrier));
        OrderDueCheckpoint(effects);
    }

    private void OnStepCompleted(StepCompleted message, IList<Effect> effects)
    {
        long version = message.Version;
        if (version < _published - (_plan.Slices > 1 ? 1 : 0))
        {
            effects.Refuse(message, "every slice is past it");
            return;
        }

        if (version > _published)
        {
            _published = version;
            _restoreFailures = _phase == Phase.Training ? 0 : _restoreFailures;
            _failures.ForgetBefore(version - 1);
            _updateFailures.ForgetBefore(version - 1);
            _speculative.ForgetBefore(version - 1);
        }

        if (_phase < Phase.RestoringBest && version < _plan.TotalSteps)
        {
            OpenLedger(version, message.Assignment, effects);
            LetGo(effects);
        }

        if (_phase == Phase.Training && version == _barrier)
        {
            BecomeEvaluating(version, effects);
        }
        else if (_phase == Phase.Meeting && version == _final)
        {
            BecomeSaving(version, effects);
        }
    }

    private void BecomeEvaluating(long version, IList<Effect> effects)
    {
        Enter(Phase.Evaluating);
        _evaluation = NextEvaluation(EvaluationSet.Validation, version);
        if (_plan.ValidationMicrobatches > 0)
        {
            SendEvaluations(effects);
        }
        else
        {
            SendJudgeEpoch(effects);
        }
    }

    private void SendJudgeEpoch(IList<Effect> effects) => effects.Add(new SendToSlice(
        new SliceId(0),
        new JudgeEpoch(_generation, _evaluation!.Evaluation, _evaluation.Version)));

    private Evaluate NextEvaluation(EvaluationSet set, long version) =>
        new(_generation, new EvaluationId(++_evaluations), set, version, []);

    private void OnEvaluationCompleted(EvaluationCompleted message, IList<Effect> effects)
    {
        bool isAwaited = _phase is Phase.Evaluating or Phase.Abandoning or Phase.Testing
            && message.Evaluation == _evaluation!.Evaluation;
        if (!isAwaited)
        {
            effects.Refuse(message, "nobody waits for it");
            return;
        }

        CloseEvaluation(effects);
        if (_phase == Phase.Testing)
        {
            End(RunOutcome.Completed, _final, null, effects);
            return;
        }

        _judgement = new Judgement(message.Version, message.Improved, message.Stop);
        if (message.Improved && _plan.RestoresBest)
        {
            BecomeKeepingBest(effects);
        }
        else
        {
            CloseEpoch(effects);
        }
    }

    private void CloseEvaluation(IList<Effect> effects)
    {
        EndEvaluationTime();
        _evaluationLedger.Close();
        LetGo(effects);
    }

    private void BecomeKeepingBest(IList<Effect> effects)
    {
        Enter(Phase.KeepingBest);
        _best = _judgement.Version;
        _awaited.AwaitAll();
        AskAwaited(new KeepBest(_generation, _judgement.Version), effects);
    }

    private void OnEvaluationAbandoned(EvaluationAbandoned message, IList<Effect> effects)
    {
        if (_phase != Phase.Abandoning || message.Evaluation != _evaluation!.Evaluation)
        {
            effects.Refuse(message, "nobody waits for it");
            return;
        }

        CloseEvaluation(effects);
        BecomeHolding(effects);
    }

    private void OnBestKept(SliceId slice, IList<Effect> effects)
    {
        if (_awaited.TryRemove(slice) && _awaited.IsEmpty)
        {
            CloseEpoch(effects);
        }
    }

    /// <summary>The epoch is judged and its best kept; only now its checkpoint is ordered.
    /// </summary>
    private void CloseEpoch(IList<Effect> effects)
    {
        long version = _judgement.Version;
        _checkpoints.OnJudged(version);
        bool stops = _judgement.Stop || version == _plan.TotalSteps;
        effects.Add(new Report(new EpochFinished(
            _plan.EpochEndingAt(version), version, _judgement.Improved, stops)));
        GoOnFrom(version, _judgement.Stop, effects);
    }
}
