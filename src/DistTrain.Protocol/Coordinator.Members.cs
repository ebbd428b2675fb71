using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>Workers come and go; every node of a step or evaluation stays somebody's duty.
/// </summary>
/// <remarks>
/// Why no node falls between two assignments: slice 0 names in <see cref="StepCompleted"/> the
/// assignment that it published with a version. Whoever it names and is gone by the time the
/// coordinator hears it is replaced then; whoever is lost later is replaced when lost, for this
/// step and for the one before (a slice other than 0 may lag by one). A worker that left and is
/// back is sent the last publications with the assignment by <see cref="WorkerWelcomed"/>.
/// </remarks>
public sealed partial class Coordinator
{
    private void OnWorkerJoined(WorkerJoined message, IList<Effect> effects)
    {
        WorkerId worker = message.Worker;
        if (_roster.Contains(worker))
        {
            Lose(worker, "it joined anew", effects);
        }

        StopLeaving(worker);
        _roster.Add(worker);
        if (_phase <= Phase.Gathering)
        {
            TryBecomeRestoring(effects);
            return;
        }

        effects.Add(new Report(new WorkerJoinedRun(worker, _roster.Live.Length)));
        if (NeedsWork)
        {
            effects.SendToAllSlices(_plan, new WorkerWelcomed(worker));
            SendAssignment(effects);
            HandOverAll(effects);
        }
    }

    private void OnWorkerLost(WorkerLost message, IList<Effect> effects)
    {
        if (StopLeaving(message.Worker))
        {
            HandOverIfNeeded(effects);
        }
        else if (!_roster.Contains(message.Worker))
        {
            effects.Refuse(message, "not on the roster");
        }
        else
        {
            Lose(message.Worker, message.Cause, effects);
        }
    }

    private void OnWorkerFailed(WorkerFailed message, IList<Effect> effects)
    {
        if (!_roster.Contains(message.Worker))
        {
            effects.Refuse(message, "not on the roster");
            return;
        }

        Lose(message.Worker, message.Cause, effects);
        if (message.Step < _published - 1 || _phase < Phase.Restoring)
        {
            // That step is done by others; its failures stop nothing.
            return;
        }

        int failures = _failures.Add(message.Step);
        string cause = $"computing step {message.Step} failed {failures} times; "
            + $"the last time on worker {message.Worker.Value}: {message.Cause}";
        bool isEnding = _phase is Phase.Meeting or Phase.Saving or Phase.GivingUp;
        if (!isEnding && failures == FailureCount.Limit)
        {
            EndInOrder(RunOutcome.Failed, cause, effects);
        }
        else if (isEnding && message.Step < _final && failures >= FailureCount.LastLimit)
        {
            // Held slices cannot even meet.
            End(RunOutcome.Failed, _final, cause, effects);
        }
    }

    /// <summary>When the run ends, work is only needed for a slice that lags: others would
    /// compute a step that is never applied, and may fail in it again.</summary>
    private bool NeedsWork =>
        _phase is not (Phase.Meeting or Phase.Saving) || _ending is null || _slicesLag;

    private void Lose(WorkerId worker, string cause, IList<Effect> effects)
    {
        _roster.Remove(worker);
        effects.Add(new Report(new WorkerLeftRun(worker, _roster.Live.Length, cause)));
        SendAssignment(effects);
        ReleaseAll(worker);
        HandOverIfNeeded(effects);
    }

    private void HandOverIfNeeded(IList<Effect> effects)
    {
        if (NeedsWork)
        {
            HandOverAll(effects);
        }
    }

    private void ReleaseAll(WorkerId worker)
    {
        foreach (WorkLedger ledger in _ledgers)
        {
            Release(ledger, worker);
        }

        Release(_evaluationLedger, worker);
    }

    private static void Release(WorkLedger ledger, WorkerId worker)
    {
        if (ledger.IsOpen)
        {
            ledger.Release(worker);
        }
    }

    private void HandOverAll(IList<Effect> effects)
    {
        foreach (WorkLedger ledger in _ledgers)
        {
            HandOver(ledger, effects);
        }

        foreach (Share share in _evaluationLedger.HandOver(_roster.Live))
        {
            effects.Add(new SendToWorker(
                share.Worker, _evaluation! with { Nodes = share.Nodes }));
        }
    }

    private void HandOver(WorkLedger ledger, IList<Effect> effects)
    {
        foreach (Share share in ledger.HandOver(_roster.Live))
        {
            effects.Add(new SendToWorker(
                share.Worker, new Recompute(_generation, ledger.Step, share.Nodes)));
            if (ledger.Step == _published)
            {
                effects.Add(new Report(
                    new WorkRecomputed(ledger.Step, share.Worker, share.Nodes)));
            }
        }
    }

    /// <summary>Slice 0 publishes it with its next version. With nobody left, the old one stays
    /// and the nodes wait in the ledger.</summary>
    private void SendAssignment(IList<Effect> effects)
    {
        if (!_roster.Live.IsEmpty && _phase is > Phase.Gathering and < Phase.RestoringBest)
        {
            effects.Add(new SendToSlice(
                new SliceId(0), new SetAssignment(_generation, _roster.Assignment)));
        }
    }

    /// <summary>Opens the ledger of a step that slice 0 has published.</summary>
    private void OpenLedger(long step, Assignment assignment, IList<Effect> effects)
    {
        if (_plan.Slices == 1)
        {
            _ledgers[(step + 1) & 1].Close();
        }

        WorkLedger ledger = _ledgers[step & 1];
        if (ledger.Step >= step)
        {
            return;
        }

        ledger.Open(step, assignment, _plan.MicrobatchesOf(step));
        if (assignment.Number != _roster.Number)
        {
            ledger.ReleaseAllBut(_roster);
            HandOver(ledger, effects);
        }
    }

    private void SendEvaluations(IList<Effect> effects)
    {
        int microbatches = _plan.MicrobatchesOf(_evaluation!.Set);
        ImmutableArray<WorkerId> workers = _roster.Live;
        BeginEvaluationTime();
        _evaluationLedger.Open(_evaluation.Version, _roster.Assignment, microbatches);
        ImmutableArray<TreeNode>[] shares = WorkDivision.Divide(workers.Length, microbatches);
        for (int i = 0; i < shares.Length; i++)
        {
            if (!shares[i].IsEmpty)
            {
                effects.Add(new SendToWorker(workers[i], _evaluation with { Nodes = shares[i] }));
            }
        }
    }

    private void CloseLedgers()
    {
        foreach (WorkLedger ledger in _ledgers)
        {
            ledger.Close();
        }

        _evaluationLedger.Close();
    }
}
