using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// A worker's part in steps: its share of the step of the newest version that it holds, what it is
/// asked for besides, and, where gradients may be stale, its share of the steps after it.
/// </summary>
/// <remarks>
/// Working ahead adds to what a synchronous worker does and takes nothing away: when version v
/// comes with its assignment, whatever of this worker's share of step v is not begun yet is begun.
/// So who is to compute what follows from the assignment of v alone, as the coordinator has it in
/// its ledger, and no node falls between two assignments.
/// </remarks>
internal sealed class WorkerSteps(RunId run, RunPlan plan, WorkerId id)
{
    private readonly DivisionCache _division = new(id);

    // By step: those of the version held and of as many after it as the staleness allows.
    private readonly WorkItems[] _items =
        [.. Enumerable.Range(0, plan.Staleness + 1).Select(_ => new WorkItems())];

    private Basis _basis = new(default, -1);
    private ImmutableArray<TensorHandle> _parameters;
    private Assignment? _assignment;

    // The newest step whose share is begun.
    private long _front = -1;

    /// <summary>What is held and begun is void.</summary>
    public void Clear()
    {
        _basis = new(default, -1);
        _front = -1;
        foreach (WorkItems items in _items)
        {
            items.Clear();
        }
    }

    /// <summary>Begins the share of this version's step, as far as it is not begun.</summary>
    public void OnVersionHeld(
        Basis basis, ImmutableArray<TensorHandle> parameters, Assignment assignment,
        IList<Effect> effects)
    {
        long past = Math.Min(basis.Version, _basis.Version + _items.Length);
        for (long step = Math.Max(_basis.Version, 0); step < past; step++)
        {
            ItemsOf(step).Clear();
        }

        (_basis, _parameters, _assignment) = (basis, parameters, assignment);
        _front = Math.Max(_front, basis.Version);
        BeginShare(basis.Version, effects);
    }

    /// <summary>With its share of a step pushed, the worker does the next on the newest version
    /// that it holds. One without a share waits for the assignment that gives it one.</summary>
    public void GoOn(IList<Effect> effects)
    {
        while (plan.MayCompute(_front + 1, _basis.Version) && ItemsOf(_front).IsDone)
        {
            _front++;
            BeginShare(_front, effects);
        }
    }

    /// <summary>Computes a node, or pushes again what is computed.</summary>
    public void Compute(long step, TreeNode node, IList<Effect> effects)
    {
        if (!TryBegin(step, node, effects)
            && ItemsOf(step).TryGetComputed(node, out WorkItems.Item container))
        {
            Push(step, container, effects);
        }
    }

    public void OnComputed(GradientComputed message, IList<Effect> effects)
    {
        // Where training is synchronous, those of before a rollback are the same bits.
        bool isOfUse = plan.Staleness == 0 || message.Basis.Generation == _basis.Generation;
        bool isOpen = message.Step >= _basis.Version
            && message.Step < _basis.Version + _items.Length;
        if (!isOfUse || !isOpen || !ItemsOf(message.Step).TryComplete(
            message.Node, message.Basis.Version, message.Gradients))
        {
            effects.Refuse(message, "not being computed");
            return;
        }

        Invariant.Holds(
            message.Gradients.Length == plan.Slices, "a gradient has one part for each slice");
        Push(
            message.Step,
            new WorkItems.Item(message.Node, message.Basis.Version, message.Gradients),
            effects);
        GoOn(effects);
    }

    /// <summary>It is not begun any more: newer parameters are on their way, and if nobody else has
    /// done it by then, it is begun when those of its step are held.</summary>
    public void OnDropped(GradientDropped message)
    {
        if (message.Step >= _basis.Version && message.Step < _basis.Version + _items.Length)
        {
            ItemsOf(message.Step).Drop(message.Node, message.Basis.Version);
        }
    }

    private void BeginShare(long step, IList<Effect> effects)
    {
        if (step < plan.TotalSteps)
        {
            foreach (TreeNode node in _division.NodesOf(_assignment!, plan.MicrobatchesOf(step)))
            {
                TryBegin(step, node, effects);
            }
        }
    }

    private bool TryBegin(long step, TreeNode node, IList<Effect> effects)
    {
        bool isBegun = ItemsOf(step).TryBegin(node, _basis.Version);
        if (isBegun)
        {
            effects.Add(new ComputeGradient(step, node, _parameters, _basis));
        }

        return isBegun;
    }

    private void Push(long step, WorkItems.Item item, IList<Effect> effects)
    {
        for (int i = 0; i < item.Results.Length; i++)
        {
            effects.Add(new SendToSlice(new SliceId(i), new Contribution(
                run, step, item.Node, id, item.Results[i],
                _basis with { Version = item.Version })));
        }
    }

    private WorkItems ItemsOf(long step) => _items[step % _items.Length];
}
