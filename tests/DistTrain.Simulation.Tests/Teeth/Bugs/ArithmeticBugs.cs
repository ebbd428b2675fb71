using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>Nodes are summed from left to right, whatever their tree is.</summary>
internal sealed class SumsAsChain(ISliceState inner) : BrokenState(inner)
{
    public override TensorHandle Partials(long step, ImmutableArray<NodeTensor> nodes) =>
        base.Partials(step, Chain(nodes));

    public override void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials) =>
        base.Apply(step, Chain(nodes), partials);

    private static ImmutableArray<NodeTensor> Chain(ImmutableArray<NodeTensor> nodes)
    {
        long sum = nodes.Skip(1).Aggregate(
            nodes[0].Tensor.Value, (left, right) => Symbol.Of(left, right.Tensor.Value));
        return [new NodeTensor(new TreeNode(0, nodes[^1].Node.End), new(sum))];
    }
}

/// <summary>The first update after a checkpoint was loaded is applied twice.</summary>
internal sealed class AppliesTwiceAfterLoad(ISliceState inner) : BrokenState(inner)
{
    private bool _isLoaded;
    private int _twice;

    public override long Version => base.Version - _twice;

    public override void LoadInitial()
    {
        (_isLoaded, _twice) = (false, 0);
        base.LoadInitial();
    }

    public override void Load(SliceCopy copy)
    {
        (_isLoaded, _twice) = (true, 0);
        base.Load(copy);
    }

    public override void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials)
    {
        base.Apply(step, nodes, partials);
        if (_isLoaded)
        {
            (_isLoaded, _twice) = (false, 1);
            base.Apply(step, nodes, partials);
        }
    }
}

/// <summary>A slice's copy is of what it held a step before.</summary>
internal sealed class CopiesTooEarly(ISliceState inner) : BrokenState(inner)
{
    private SliceCopy? _before;

    public override void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials)
    {
        _before = base.Copy();
        base.Apply(step, nodes, partials);
    }

    public override SliceCopy Copy() =>
        _before is null ? base.Copy() : _before with { Version = Version };
}
