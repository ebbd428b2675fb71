namespace DistTrain.Protocol;

/// <summary>
/// The contribution trees of the step under way and of those that may be computed ahead of it:
/// one more than the staleness.
/// </summary>
internal sealed class OpenTrees(RunPlan plan)
{
    // By step; the step under way moves round.
    private readonly ContributionTree[] _trees =
        [.. Enumerable.Range(0, plan.Staleness + 1).Select(_ => new ContributionTree())];

    private long _step;

    /// <summary>The tree of the step under way.</summary>
    public ContributionTree Current => _trees[_step % _trees.Length];

    /// <summary>Empties all; <paramref name="step"/> is under way.</summary>
    public void Begin(long step)
    {
        _step = step;
        for (int i = 0; i < _trees.Length; i++)
        {
            Open(step + i);
        }
    }

    /// <summary>The step under way is applied.</summary>
    public void MoveOn()
    {
        Open(_step + _trees.Length);
        _step++;
    }

    /// <summary>The tree of a step; null: it is not open.</summary>
    public ContributionTree? Of(long step) =>
        step >= _step && step < _step + _trees.Length ? _trees[step % _trees.Length] : null;

    private void Open(long step) => _trees[step % _trees.Length].Begin(plan.MicrobatchesOf(step));
}
