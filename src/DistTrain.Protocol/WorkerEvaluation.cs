using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// A worker's part in evaluations: its nodes of one at a time, the newest; they wait until the
/// worker holds that version in full.
/// </summary>
internal sealed class WorkerEvaluation(RunId run, RunPlan plan, WorkerId id)
{
    private readonly WorkItems _items = new();
    private readonly List<TreeNode> _waiting = [];

    // What is evaluated; its own Nodes are in _waiting and _items.
    private Evaluate? _newest;

    /// <summary>Of the newest evaluation heard of; the worker may never come to hold it.
    /// </summary>
    public Generation Newest => _newest?.Generation ?? default;

    /// <returns>False if refused.</returns>
    public bool TryAdd(Evaluate message, IList<Effect> effects)
    {
        if (_newest is null || IsNewer(message, _newest))
        {
            _newest = message;
            _items.Clear();
            _waiting.Clear();
        }
        else if (message.Generation != _newest.Generation
            || message.Evaluation != _newest.Evaluation)
        {
            effects.Refuse(message, "that evaluation is over");
            return false;
        }

        int microbatches = plan.MicrobatchesOf(message.Set);
        foreach (TreeNode node in message.Nodes)
        {
            if (!node.IsInTreeOf(microbatches))
            {
                effects.Refuse(message, $"{node} is no node of this set's tree");
            }
            else if (!_waiting.Contains(node))
            {
                _waiting.Add(node);
            }
        }

        return true;
    }

    public void OnVersionHeld(
        Generation generation, long version, ImmutableArray<TensorHandle> parameters,
        IList<Effect> effects)
    {
        if (_newest is null || _newest.Generation != generation || _newest.Version != version)
        {
            return;
        }

        foreach (TreeNode node in _waiting)
        {
            if (_items.TryBegin(node, version))
            {
                effects.Add(new ComputeEvaluation(
                    generation, _newest.Evaluation, _newest.Set, version, node, parameters));
            }
            else if (_items.TryGetComputed(node, out WorkItems.Item container))
            {
                Push(container.Node, container.Results[0], effects);
            }
        }

        _waiting.Clear();
    }

    public void OnComputed(EvaluationComputed message, IList<Effect> effects)
    {
        if (message.Generation != _newest?.Generation
            || message.Evaluation != _newest.Evaluation
            || !_items.TryComplete(message.Node, message.Version, [message.Metrics]))
        {
            effects.Refuse(message, "not being computed");
            return;
        }

        Push(message.Node, message.Metrics, effects);
    }

    private void Push(TreeNode node, TensorHandle metrics, IList<Effect> effects) =>
        effects.Add(new SendToSlice(new SliceId(0), new EvaluationContribution(
            run, _newest!.Generation, _newest.Evaluation, _newest.Set, _newest.Version,
            node, id, metrics)));

    private static bool IsNewer(Evaluate message, Evaluate than) =>
        message.Generation > than.Generation
        || (message.Generation == than.Generation
            && message.Evaluation.Value > than.Evaluation.Value);
}
