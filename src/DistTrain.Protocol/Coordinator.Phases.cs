namespace DistTrain.Protocol;

/// <summary>The course of a run that completes: restore, train, evaluate, save, test.</summary>
public sealed partial class Coordinator
{
    private void TryBecomeRestoring(IList<Effect> effects)
    {
        bool isReady = _isStarted && _roster.Live.Length >= _options.MinWorkers;
        if (_phase == Phase.Gathering && isReady)
        {
            _phase = Phase.Restoring;
            _generation = _options.FirstGeneration;
            Restore(_options.Source, _options.Version, effects);
            SendAssignment(effects);
        }
    }

    private void Restore(RestoreSource source, long version, IList<Effect> effects)
    {
        _awaited.AwaitAll();
        _published = -1;
        effects.SendToAllSlices(_plan, new RestoreSlice(_generation, source, version));
    }

    private void OnSliceReady(IList<Effect> effects)
    {
        if (!_awaited.IsEmpty)
        {
            return;
        }

        if (_phase == Phase.RestoringBest)
        {
            BecomeTesting(effects);
            return;
        }

        long version = _options.Version;
        _checkpoints.Begin(version, _options.Source == RestoreSource.Checkpoint);
        bool isJudged = _options.Verdict != EpochVerdict.Open;
        if (_plan.IsEpochEnd(version) && !isJudged)
        {
            BecomeEvaluating(version, effects);
        }
        else
        {
            bool isStopped = _plan.IsEpochEnd(version) && _options.Verdict == EpochVerdict.Stop;
            GoOnFrom(version, isStopped, effects);
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

        _phase = Phase.Training;
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
            _failures.ForgetBefore(version - 1);
        }

        if (_phase < Phase.RestoringBest && version < _plan.TotalSteps)
        {
            OpenLedger(version, message.Assignment, effects);
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
        _phase = Phase.Evaluating;
        _evaluation = NextEvaluation(EvaluationSet.Validation, version);
        if (_plan.ValidationMicrobatches > 0)
        {
            SendEvaluations(effects);
        }
        else
        {
            effects.Add(new SendToSlice(
                new SliceId(0), new JudgeEpoch(_generation, _evaluation.Evaluation, version)));
        }
    }

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

        _evaluationLedger.Close();
        if (_phase == Phase.Testing)
        {
            End(RunOutcome.Completed, _final, null, effects);
            return;
        }

        _judgement = message;
        if (message.Improved && _plan.RestoresBest)
        {
            _phase = Phase.KeepingBest;
            _best = message.Version;
            _awaited.AwaitAll();
            effects.SendToAllSlices(_plan, new KeepBest(_generation, message.Version));
        }
        else
        {
            CloseEpoch(effects);
        }
    }

    private void OnEvaluationAbandoned(EvaluationAbandoned message, IList<Effect> effects)
    {
        if (_phase != Phase.Abandoning || message.Evaluation != _evaluation!.Evaluation)
        {
            effects.Refuse(message, "nobody waits for it");
            return;
        }

        _evaluationLedger.Close();
        BecomeHolding(effects);
    }

    private void OnBestKept(IList<Effect> effects)
    {
        if (_awaited.IsEmpty)
        {
            CloseEpoch(effects);
        }
    }

    /// <summary>The epoch is judged and its best kept; only now its checkpoint is ordered.
    /// </summary>
    private void CloseEpoch(IList<Effect> effects)
    {
        long version = _judgement!.Version;
        _checkpoints.OnJudged(version);
        bool stops = _judgement.Stop || version == _plan.TotalSteps;
        effects.Add(new Report(new EpochFinished(
            _plan.EpochEndingAt(version), version, _judgement.Improved, stops)));
        GoOnFrom(version, _judgement.Stop, effects);
    }

    /// <summary>All slices come to rest at this version; the run ends once it is on disk.
    /// </summary>
    private void BecomeSaving(long version, IList<Effect> effects)
    {
        _phase = Phase.Saving;
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
            _phase = Phase.RestoringBest;
            _generation = _generation.NextBy(0);
            _final = best;
            CloseLedgers();
            Restore(RestoreSource.Best, best, effects);
            effects.Add(new SendToSlice(
                new SliceId(0), new SetAssignment(_generation, _roster.Nobody())));
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

        _phase = Phase.Testing;
        CloseLedgers();
        _evaluation = NextEvaluation(EvaluationSet.Test, _final);
        SendEvaluations(effects);
    }

    private void OrderDueCheckpoint(IList<Effect> effects)
    {
        if (_checkpoints.TakeDue() is long version)
        {
            effects.SendToAllSlices(_plan, new TakeSnapshot(_generation, version));
        }
    }

    private void OnCheckpointSaved(CheckpointSaved message, IList<Effect> effects)
    {
        if (!_checkpoints.TryConclude(message.Version, isSaved: true))
        {
            effects.Refuse(message, "not under way");
            return;
        }

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
        if (!_checkpoints.TryConclude(message.Version, isSaved: false))
        {
            effects.Refuse(message, "not under way");
            return;
        }

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
}
