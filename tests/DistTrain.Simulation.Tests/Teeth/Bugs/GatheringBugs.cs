using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>What a slice sums up is changed in a way of the bug's own.</summary>
internal abstract class WrongNodes(IRole inner) : BrokenSlice(inner)
{
    protected abstract ImmutableArray<NodeTensor> Of(long step, ImmutableArray<NodeTensor> nodes);

    protected override void Out(Effect effect, IList<Effect> effects) => base.Out(
        effect switch
        {
            CombineGradient e => e with { Nodes = Of(e.Step, e.Nodes) },
            ApplyUpdate e => e with { Nodes = Of(e.Step, e.Nodes) },
            _ => effect,
        },
        effects);
}

/// <summary>Nodes are summed in the order in which they arrived.</summary>
internal sealed class ArrivalOrder(IRole inner) : WrongNodes(inner)
{
    private readonly List<(long Step, TreeNode Node)> _arrived = [];

    public override void Handle(object message, IList<Effect> effects)
    {
        if (message is Contribution m)
        {
            _arrived.Add((m.Step, m.Node));
        }

        Feed(message, effects);
    }

    protected override ImmutableArray<NodeTensor> Of(
        long step, ImmutableArray<NodeTensor> nodes) =>
        [.. nodes.OrderBy(n => _arrived.LastIndexOf((step, n.Node)))];
}

/// <summary>A node that overlaps an accepted one is summed besides.</summary>
internal sealed class OverlapTwice(IRole inner) : WrongNodes(inner)
{
    private readonly Dictionary<(long Step, TreeNode Node), TensorHandle> _arrived = [];

    public override void Handle(object message, IList<Effect> effects)
    {
        if (message is Contribution m)
        {
            _arrived.TryAdd((m.Step, m.Node), m.Gradient);
        }

        Feed(message, effects);
    }

    protected override ImmutableArray<NodeTensor> Of(
        long step, ImmutableArray<NodeTensor> nodes)
    {
        IEnumerable<NodeTensor> all = _arrived.Where(a => a.Key.Step == step)
            .Select(a => new NodeTensor(a.Key.Node, a.Value));
        return [.. nodes.UnionBy(all, n => n.Node).OrderBy(n => n.Node.Start)];
    }
}

/// <summary>The first step of a new assignment counts as complete with a node missing.</summary>
internal sealed class GapAtNewAssignment(IRole inner) : WrongNodes(inner)
{
    private bool _isNew;

    protected override ImmutableArray<NodeTensor> Of(
        long step, ImmutableArray<NodeTensor> nodes) =>
        _isNew && nodes.Length > 1 ? nodes[..^1] : nodes;

    protected override void Out(Effect effect, IList<Effect> effects)
    {
        if (effect is SendToAllWorkers { Message: ParametersPublished m })
        {
            _isNew = Published?.Assignment is { } before && before.Number != m.Assignment?.Number;
        }

        base.Out(effect, effects);
    }
}

/// <summary>A contribution to the step before, and what it says it was computed on, count for the
/// one under way.</summary>
internal sealed class AnyStep(IRole inner) : BrokenSlice(inner)
{
    public override void Handle(object message, IList<Effect> effects) => Feed(
        message is Contribution m && m.Step == Published?.Version - 1
            ? m with { Step = m.Step + 1, Basis = m.Basis with { Version = m.Step + 1 } }
            : message,
        effects);
}

/// <summary>A contribution counts, whatever state it was computed on.</summary>
internal sealed class AnyState(IRole inner) : BrokenSlice(inner)
{
    public override void Handle(object message, IList<Effect> effects) => Feed(
        message is Contribution m
            ? m with { Basis = m.Basis with { Generation = Newest } }
            : message,
        effects);
}

/// <summary>Partial norms of another step count for the one under way.</summary>
internal sealed class AnyNorms(IRole inner) : BrokenSlice(inner)
{
    public override void Handle(object message, IList<Effect> effects) => Feed(
        message is NormPartials m && Published is { } held
            ? m with { Generation = Restored, Step = held.Version }
            : message,
        effects);
}

/// <summary>The next version is published before the update is done.</summary>
internal sealed class PublishesTooEarly(IRole inner) : BrokenSlice(inner)
{
    protected override void Out(Effect effect, IList<Effect> effects)
    {
        base.Out(effect, effects);
        if (effect is ApplyUpdate e)
        {
            Feed(new UpdateApplied(e.Generation, e.Step, Published!.Parameters), effects);
        }
    }
}
