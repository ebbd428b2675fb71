using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>What is asked again, and when. Every request is such that a slice or worker that heard
/// it before answers once more and does nothing twice.</summary>
public sealed partial class Coordinator
{
    // The end is said so often to workers that have nothing to answer.
    private const int MostGoodbyes = 8;

    private readonly RetryTimer _retry = new(ProtocolTicks.Retry, ProtocolTicks.MostRetry);
    private readonly RetryTimer _snapshotRetry = new(
        ProtocolTicks.SnapshotRetry, ProtocolTicks.MostSnapshotRetry);

    private long _ticks;
    private long _evaluationBegan;
    private long _evaluationDue;
    private int _longestEvaluation;
    private int _evaluationTurn;
    private int _goodbyes;

    /// <summary>Time passes: <see cref="ProtocolTicks.Milliseconds"/> since the last call.
    /// </summary>
    public void Tick(IList<Effect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        _ticks++;
        if (_retry.Tick())
        {
            AskAgain(effects);
        }

        bool isLeading = _leads && _phase is >= Phase.Training and < Phase.RestoringBest;
        if (isLeading && _checkpoints.UnderWay is long version && _snapshotRetry.Tick())
        {
            effects.SendToAllSlices(_plan, new TakeSnapshot(_generation, version));
        }

        if (_phase is Phase.Evaluating or Phase.Testing && _ticks >= _evaluationDue)
        {
            EvaluateByOthers(effects);
        }
    }

    private void AskAgain(IList<Effect> effects)
    {
        switch (_phase)
        {
            case Phase.Asking:
                AskAwaited(new ReportStatus(Run), effects);
                break;
            case Phase.Adopting:
                AskAwaited(new AdoptGeneration(Run, _generation), effects);
                break;
            case Phase.Restoring or Phase.RestoringBest:
                SendRestore(effects);
                SendAssignmentOfRestore(effects);
                break;
            case Phase.Holding:
                AskAwaited(new HoldSteps(_generation), effects);
                break;
            case Phase.KeepingBest:
                AskAwaited(new KeepBest(_generation, _judgement.Version), effects);
                break;
            case Phase.Abandoning:
                SendAbandon(effects);
                break;
            case Phase.Evaluating or Phase.Testing:
                EvaluateAgain(effects);
                break;
            case Phase.Ended when _goodbyes < MostGoodbyes:
                _goodbyes++;
                effects.Add(new SendToAllWorkers(new RunEnded(Run, _generation)));
                break;
        }
    }

    private void AskAwaited(ParameterServerMessage request, IList<Effect> effects)
    {
        for (int i = 0; i < _plan.Slices; i++)
        {
            if (_awaited.Contains(new SliceId(i)))
            {
                effects.Add(new SendToSlice(new SliceId(i), request));
            }
        }
    }

    private void SendAssignmentOfRestore(IList<Effect> effects)
    {
        if (_phase == Phase.RestoringBest)
        {
            effects.Add(new SendToSlice(
                new SliceId(0), new SetAssignment(_generation, _roster.Nobody())));
        }
        else
        {
            SendAssignment(effects);
        }
    }

    /// <summary>To whose duty it is: the request may be lost, or the answer.</summary>
    private void EvaluateAgain(IList<Effect> effects)
    {
        if (_plan.MicrobatchesOf(_evaluation!.Set) == 0)
        {
            SendJudgeEpoch(effects);
            return;
        }

        foreach (Share share in _evaluationLedger.Shares())
        {
            effects.Add(new SendToWorker(
                share.Worker, _evaluation with { Nodes = share.Nodes }));
        }
    }

    private void BeginEvaluationTime()
    {
        _evaluationBegan = _ticks;
        _evaluationTurn = 0;
        _evaluationDue = _ticks + (_longestEvaluation == 0
            ? ProtocolTicks.UnmeasuredEvaluation
            : Math.Max(2 * _longestEvaluation, ProtocolTicks.LeastEvaluation));
    }

    private void EndEvaluationTime() => _longestEvaluation = Math.Max(
        _longestEvaluation, (int)Math.Min(_ticks - _evaluationBegan + 1, int.MaxValue / 4));

    /// <summary>A worker takes too long: each share goes to the next worker too.</summary>
    private void EvaluateByOthers(IList<Effect> effects)
    {
        _evaluationDue = _ticks + (_ticks - _evaluationBegan);
        _evaluationTurn++;
        ImmutableArray<WorkerId> live = _roster.Live;
        foreach (Share share in _evaluationLedger.Shares())
        {
            if (!live.IsEmpty)
            {
                int own = Math.Max(live.IndexOf(share.Worker), 0);
                effects.Add(new SendToWorker(
                    live[(own + _evaluationTurn) % live.Length],
                    _evaluation! with { Nodes = share.Nodes }));
            }
        }
    }
}
