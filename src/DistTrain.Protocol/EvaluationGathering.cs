namespace DistTrain.Protocol;

/// <summary>
/// Slice 0's part in evaluations: gathers the tree of one at a time, the newest, and has it
/// summed up and judged. It opens with the first contribution, or <see cref="JudgeEpoch"/>.
/// Whoever asks again is answered again; an epoch is judged once, whoever asks.
/// </summary>
internal sealed class EvaluationGathering(RunId run, RunPlan plan)
{
    private static readonly EvaluationId None = new(-1);

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
    private EvaluationId _newest = None;
    private EvaluationId _reduced = None;
    private EvaluationSet _set;
    private long _version;
    private CoordinatorMessage? _answer;

    /// <summary>The newest epoch's end that is judged.</summary>
    public Judgement? Judged { get; private set; }

    /// <summary>A restored state: what was gathered before is void.</summary>
    /// <param name="judged">What the restored diary says of the epoch that ended there.</param>
    public void Restore(Judgement? judged)
    {
        _phase = Phase.Closed;
        _newest = None;
        _answer = null;
        Judged = judged;
    }

    /// <summary>Another coordinator asks from now on, and numbers evaluations anew. What is being
    /// summed up is in the diary already, and counts.</summary>
    public void Adopt()
    {
        _phase = _phase == Phase.Reducing ? Phase.Reducing : Phase.Closed;
        _newest = None;
        _answer = null;
    }

    public void OnContribution(
        EvaluationContribution message, Generation restored, IList<Effect> effects)
    {
        if (message.Run != run)
        {
            effects.Refuse(message, "another run");
            return;
        }

        if (!TryOpen(message.Evaluation, message.Set, message.Version))
        {
            effects.Refuse(message, "that evaluation is over");
            AnswerAgain(message.Evaluation, message.Generation, message.Version, effects);
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
                Reduce(restored, effects);
                break;
        }
    }

    public void OnJudgeEpoch(JudgeEpoch message, Generation restored, IList<Effect> effects)
    {
        if (plan.ValidationMicrobatches == 0
            && TryOpen(message.Evaluation, EvaluationSet.Validation, message.Version))
        {
            Reduce(restored, effects);
            return;
        }

        effects.Refuse(message, "that evaluation is over, or has a set");
        AnswerAgain(message.Evaluation, message.Generation, message.Version, effects);
    }

    /// <param name="message">What the coordinator wants.</param>
    /// <param name="held">The version held.</param>
    /// <param name="effects">Takes the answer: abandoned, or completed if it is judged.</param>
    public void OnAbandon(AbandonEvaluation message, long held, IList<Effect> effects)
    {
        if (message.Evaluation.Value < _newest.Value)
        {
            effects.Refuse(message, "over");
            return;
        }

        bool isNew = message.Evaluation != _newest;
        _newest = message.Evaluation;
        _answer = isNew ? null : _answer;
        if (_phase == Phase.Reducing)
        {
            effects.Refuse(message, "being summed up");
            return;
        }

        _phase = Phase.Closed;
        AnswerAgain(message.Evaluation, message.Generation, held, effects);
        if (_answer is null)
        {
            _answer = new EvaluationAbandoned(message.Evaluation, message.Generation);
            effects.Add(new SendToCoordinator(_answer));
        }
    }

    /// <param name="message">What the engine found.</param>
    /// <param name="generation">Of the coordinator that is answered.</param>
    /// <param name="effects">Takes the answer.</param>
    public void OnReduced(
        EvaluationReduced message, Generation generation, IList<Effect> effects)
    {
        if (_phase != Phase.Reducing || message.Evaluation != _reduced)
        {
            effects.Refuse(message, "no such evaluation is being summed up");
            return;
        }

        _phase = Phase.Closed;
        if (_set == EvaluationSet.Validation)
        {
            Judged = new Judgement(_version, message.Improved, message.Stop);
        }

        if (_newest != None)
        {
            _answer = new EvaluationCompleted(
                _newest, generation, _version, message.Improved, message.Stop);
            effects.Add(new SendToCoordinator(_answer));
        }
    }

    private void AnswerAgain(
        EvaluationId evaluation, Generation generation, long version, IList<Effect> effects)
    {
        bool isDone = _phase == Phase.Closed && evaluation == _newest;
        if (isDone && _answer is not null)
        {
            effects.Add(new SendToCoordinator(_answer));
        }
        else if (isDone && Judged is { } judged && judged.Version == version)
        {
            _answer = new EvaluationCompleted(
                evaluation, generation, version, judged.Improved, judged.Stop);
            effects.Add(new SendToCoordinator(_answer));
        }
    }

    private bool TryOpen(EvaluationId evaluation, EvaluationSet set, long version)
    {
        if (evaluation.Value <= _newest.Value)
        {
            return evaluation == _newest && _phase == Phase.Gathering;
        }

        _newest = evaluation;
        _answer = null;
        bool isJudged = set == EvaluationSet.Validation && Judged?.Version == version;
        if (_phase == Phase.Reducing || isJudged)
        {
            return false;
        }

        _phase = Phase.Gathering;
        _set = set;
        _version = version;
        _tree.Begin(plan.MicrobatchesOf(set));
        return true;
    }

    private void Reduce(Generation restored, IList<Effect> effects)
    {
        _phase = Phase.Reducing;
        _reduced = _newest;
        effects.Add(new ReduceEvaluation(
            restored, _newest, _set, _version, _tree.InTreeOrder()));
    }
}
