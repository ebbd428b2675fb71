using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>Workers that leave in order, and work that does not come in time.</summary>
public sealed partial class Coordinator
{
    // No assignment names them any more; they may still owe something to steps under way.
    private readonly HashSet<WorkerId> _leaving = [];

    private void OnWorkerLeaving(WorkerLeaving message, IList<Effect> effects)
    {
        WorkerId worker = message.Worker;
        if (_roster.Contains(worker))
        {
            _roster.Remove(worker);
            _leaving.Add(worker);
            effects.Add(new Report(
                new WorkerLeftRun(worker, _roster.Live.Length, message.Cause)));
            SendAssignment(effects);
        }

        if (!_leaving.Contains(worker))
        {
            effects.Add(new SendToWorker(worker, new LeaveGranted(Run)));
        }

        LetGo(effects);
    }

    /// <summary>Those may go whom no step or evaluation under way concerns. With nobody left to
    /// go on with, all may, and their nodes wait for who joins.</summary>
    private void LetGo(IList<Effect> effects)
    {
        if (_leaving.Count == 0)
        {
            return;
        }

        foreach (WorkerId worker in _leaving)
        {
            bool isNeeded = _evaluationLedger.Concerns(worker)
                || Array.Exists(_ledgers, ledger => ledger.Concerns(worker));
            if (!isNeeded || _roster.Live.IsEmpty)
            {
                StopLeaving(worker);
                effects.Add(new SendToWorker(worker, new LeaveGranted(Run)));
            }
        }
    }

    /// <summary>It is gone, or back, before it was let go.</summary>
    private bool StopLeaving(WorkerId worker)
    {
        bool wasLeaving = _leaving.Remove(worker);
        if (wasLeaving)
        {
            ReleaseAll(worker);
        }

        return wasLeaving;
    }

    private void OnStepStalled(StepStalled message, IList<Effect> effects)
    {
        bool isUnderWay = message.Step >= _published - 1 && message.Step <= _published + 1
            && message.Step < _plan.TotalSteps && _phase < Phase.RestoringBest;
        if (!isUnderWay)
        {
            effects.Refuse(message, "that step is not under way");
            return;
        }

        WorkLedger ledger = _ledgers[message.Step & 1];
        ImmutableArray<WorkerId> live = _roster.Live;
        foreach (TreeNode missing in message.Missing)
        {
            IEnumerable<(TreeNode, WorkerId?)> parts = ledger.Step == message.Step
                ? ledger.PartsOf(missing)
                : [(missing, null)];
            foreach ((TreeNode node, WorkerId? holder) in parts)
            {
                if (_speculative.Next(message.Step, node, holder, live, _ticks) is { } worker)
                {
                    effects.Add(new SendToWorker(
                        worker, new Recompute(_generation, message.Step, [node])));
                    effects.Add(new Report(new WorkDuplicated(message.Step, worker, [node])));
                }
            }
        }
    }
}
