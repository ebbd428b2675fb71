namespace DistTrain.Protocol;

/// <summary>
/// Slice 0's part in evaluations: gathers the tree of one at a time, the newest, and has it
/// summed up and judged. It opens with the first contribution, or <see cref="JudgeEpoch"/>.
/// </summary>
internal sealed class EvaluationGathering(RunId run, RunPlan plan)
{
    private enum Phase
    {
        /// <summary>None, or the newest is over: done or abandoned.</summary>
        Closed,

        Gathering,

        /// <summary>Complete: the engine sums it up; it can be abandoned no more.</summary>
        Reducing,
    }

    private readonly ContributionTree _tree = new();
    private Phase _phase;
    private EvaluationId _newest = new(-1);
    private EvaluationSet _set;
    private long _version;

    /// <summary>A new generation: what was gathered in an older one is void.</summary>
    public void Reset()
    {
        _phase = Phase.Closed;
        _newest = new EvaluationId(-1);
    }

    public void OnContribution(EvaluationContribution message, IList<Effect> effects)
    {
        if (message.Run != run)
        {
            effects.Refuse(message, "another run");
            return;
        }

        if (!TryOpen(message.Evaluation, message.Set, message.Version))
        {
            effects.Refuse(message, "that evaluation is over");
            return;
        }

        if (message.Set != _set || message.Version != _version)
        {
            effects.Refuse(message, "not what this evaluation is of");
            return;
        }

        switch (_tree.Accept(message.Node, message.Metrics))
        {
            case Acceptance.NotANode:
                effects.Refuse(message, "no node of this set's tree");
                break;
            case Acceptance.AlreadyCovered:
                effects.Refuse(message, "already covered");
                break;
            case Acceptance.Accepted when _tree.IsComplete:
                Reduce(message.Generation, effects);
                break;
        }
    }

    public void OnJudgeEpoch(JudgeEpoch message, IList<Effect> effects)
    {
        if (plan.ValidationMicrobatches != 0
            || !TryOpen(message.Evaluation, EvaluationSet.Validation, message.Version))
        {
            effects.Refuse(message, "that evaluation is over, or has a set");
            return;
        }

        Reduce(message.Generation, effects);
    }

    public void OnAbandon(AbandonEvaluation message, IList<Effect> effects)
    {
        if (message.Evaluation.Value < _newest.Value
            || (message.Evaluation == _newest && _phase != Phase.Gathering))
        {
            effects.Refuse(message, "summed up already, or over");
            return;
        }

        _newest = message.Evaluation;
        _phase = Phase.Closed;
        effects.Add(new SendToCoordinator(
            new EvaluationAbandoned(message.Evaluation, message.Generation)));
    }

    public void OnReduced(EvaluationReduced message, IList<Effect> effects)
    {
        if (_phase != Phase.Reducing || message.Evaluation != _newest)
        {
            effects.Refuse(message, "no such evaluation is being summed up");
            return;
        }

        _phase = Phase.Closed;
        effects.Add(new SendToCoordinator(new EvaluationCompleted(
            message.Evaluation, message.Generation, _version, message.Improved, message.Stop)));
    }

    private bool TryOpen(EvaluationId evaluation, EvaluationSet set, long version)
    {
        if (evaluation.Value > _newest.Value)
        {
            _newest = evaluation;
            _phase = Phase.Gathering;
            _set = set;
            _version = version;
            _tree.Begin(plan.MicrobatchesOf(set));
            return true;
        }

        return evaluation == _newest && _phase == Phase.Gathering;
    }

    private void Reduce(Generation generation, IList<Effect> effects)
    {
        _phase = Phase.Reducing;
        effects.Add(new ReduceEvaluation(
            generation, _newest, _set, _version, _tree.InTreeOrder()));
    }
}
