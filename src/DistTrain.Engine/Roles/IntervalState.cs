using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>A slice that gets gradients and updates its interval from them.</summary>
internal sealed class IntervalState : SliceState
{
    private readonly RoleContext _context;
    private readonly ISliceMemory _memory;
    private readonly SliceOptimizer _optimizer;
    private readonly List<NodeGradient> _nodes = [];
    private readonly List<(TreeNode Node, BatchMetrics Value)> _metrics = [];

    public IntervalState(RoleContext context, SliceId id, ISliceMemory memory)
        : base(context, context.Intervals[id.Value])
    {
        _context = context;
        _memory = memory;
        _optimizer = new SliceOptimizer(
            context.Task, context.Intervals[id.Value], context.UpdateTeam, context.NewKernels);
    }

    protected override Span<float> FirstMoment => _optimizer.FirstMoment.Span;

    protected override Span<float> SecondMoment => _optimizer.SecondMoment.Span;

    public override void SquareNorms(long step, ImmutableArray<NodeTensor> nodes)
    {
        Collect(step, nodes);
        _optimizer.SquareNorms(step, _nodes, _memory.OwnNorms(step));
    }

    protected override ReadOnlySpan<float> ParametersOf(long version) =>
        _memory.Parameters(version).Span;

    protected override Span<float> Begin(long version) =>
        _memory.Begin(version).Span;

    protected override void TakeUpParameters(long version)
    {
    }

    protected override void TakeUpMoments()
    {
    }

    protected override void WriteOutMoments()
    {
    }

    protected override UpdateResult ApplyStep(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials,
        out BatchMetrics metrics)
    {
        Collect(step, nodes);
        metrics = TreeFold.Root(
            new TreeNode(0, _context.Plan.MicrobatchesOf(step)), _metrics, BatchMetrics.Combine);
        double? squareNorm = _context.Plan.ClipsGlobalNorm
            ? SliceOptimizer.FoldSquareNorms(_memory.Norms(step, partials))
            : null;
        UpdateResult result = _optimizer.Apply(
            step, _nodes, squareNorm, _memory.Parameters(step), _memory.Begin(step + 1));
        if (result.IsFinite && double.IsFinite(metrics.LossSum))
        {
            _memory.BecomeApplied(step);
        }

        return result;
    }

    protected override IEnumerable<SliceGradient> Gradients(
        long step, ImmutableArray<NodeTensor> nodes) =>
        nodes.Select(node => _memory.GradientOf(node.Tensor, step));

    private void Collect(long step, ImmutableArray<NodeTensor> nodes)
    {
        _nodes.Clear();
        _metrics.Clear();
        foreach (NodeTensor node in nodes)
        {
            SliceGradient gradient = _memory.GradientOf(node.Tensor, step);
            _nodes.Add(new NodeGradient(
                node.Node.Start, node.Node.End, gradient.Values, gradient.Metrics));
            _metrics.Add((node.Node, gradient.Metrics));
        }
    }
}
