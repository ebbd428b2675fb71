using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>The nodes of a lost worker are nobody's: neither when it is lost, nor when the step
/// stalls, nor when it is back.</summary>
internal sealed class LosesRange(IRole inner) : BrokenRole(inner)
{
    private readonly HashSet<WorkerId> _lost = [];
    private readonly List<(long Step, TreeNode Node)> _lostNodes = [];
    private object? _message;

    public override void Handle(object message, IList<Effect> effects)
    {
        _message = message;
        switch (message)
        {
            case WorkerLost m: _lost.Add(m.Worker); break;
            case WorkerFailed m: _lost.Add(m.Worker); break;
        }

        Feed(message, effects);
        _message = null;
    }

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        switch (effect)
        {
            case SendToSlice { Message: WorkerWelcomed m } when _lost.Contains(m.Worker):
                break;
            case SendToWorker { Message: Recompute m } e:
                if (_message is WorkerLost or WorkerFailed or WorkerJoined)
                {
                    _lostNodes.AddRange(m.Nodes.Select(node => (m.Step, node)));
                }

                effects.Add(e with
                {
                    Message = m with { Nodes = [.. m.Nodes.Where(n => !IsLost(m.Step, n))] },
                });
                break;
            default:
                effects.Add(effect);
                break;
        }
    }

    private bool IsLost(long step, TreeNode node) => _lostNodes.Exists(
        lost => lost.Step == step && (lost.Node.Contains(node) || node.Contains(lost.Node)));
}

/// <summary>A worker begins with slice 0 of a version and what it has of the other slices.
/// </summary>
internal sealed class MixesVersions(IRole inner) : BrokenRole(inner)
{
    private readonly Dictionary<SliceId, ParametersPublished> _last = [];

    public override void Handle(object message, IList<Effect> effects)
    {
        Feed(message, effects);
        if (message is not ParametersPublished published)
        {
            return;
        }

        _last[published.Slice] = published;
        foreach (ParametersPublished other in _last.Values)
        {
            bool isBefore = other.Generation == published.Generation
                && other.Version == published.Version - 1;
            if (isBefore && published.Slice.Value == 0)
            {
                Feed(other with { Version = published.Version }, effects);
            }
        }
    }
}

/// <summary>Asked again for what it has computed, a worker thinks that it was sent.</summary>
internal sealed class NeverPushesAgain(IRole inner) : BrokenRole(inner)
{
    private bool _isAsked;

    public override void Handle(object message, IList<Effect> effects)
    {
        _isAsked = message is Recompute;
        Feed(message, effects);
    }

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        if (!_isAsked || effect is not SendToSlice { Message: Contribution })
        {
            effects.Add(effect);
        }
    }
}

/// <summary>Metrics of whichever version count for the evaluation under way.</summary>
internal sealed class AnyEvaluation(IRole inner) : BrokenSlice(inner)
{
    private EvaluationContribution? _newest;

    public override void Handle(object message, IList<Effect> effects)
    {
        if (message is EvaluationContribution m)
        {
            bool isOlder = _newest is { } newest
                && (m.Generation, m.Evaluation.Value).CompareTo(
                    (newest.Generation, newest.Evaluation.Value)) < 0;
            message = isOlder
                ? _newest! with { Node = m.Node, From = m.From, Metrics = m.Metrics }
                : _newest = m;
        }

        Feed(message, effects);
    }
}

/// <summary>A worker evaluates what it holds instead of waiting for the version asked for.
/// </summary>
internal sealed class EvaluatesWhatItHolds(IRole inner) : BrokenRole(inner)
{
    private readonly Dictionary<EvaluationId, long> _asked = [];
    private long _held = -1;

    public override void Handle(object message, IList<Effect> effects)
    {
        if (message is Evaluate m && m.Version == _held + 1)
        {
            _asked[m.Evaluation] = m.Version;
            message = m with { Version = _held };
        }

        Feed(message, effects);
    }

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        switch (effect)
        {
            case ComputeGradient e: _held = e.Step; break;
            case SendToSlice { Message: EvaluationContribution m } e
                when _asked.TryGetValue(m.Evaluation, out long asked):
                effect = e with { Message = m with { Version = asked } };
                break;
        }

        effects.Add(effect);
    }
}
