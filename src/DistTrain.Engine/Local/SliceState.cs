using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The numbers of one slice: its interval of the parameters, moments, best copy.</summary>
internal sealed class SliceState
{
    /// <summary>What a slice holds before it has loaded anything.</summary>
    public const long NoVersion = -1;

    private readonly RunContext _context;
    private readonly ParameterInterval _interval;
    private readonly SliceOptimizer _optimizer;
    private readonly List<NodeGradient> _nodes = [];
    private readonly List<(TreeNode Node, BatchMetrics Value)> _metrics = [];
    private float[] _best = [];

    public SliceState(RunContext context, SliceId id)
    {
        _context = context;
        _interval = context.Intervals[id.Value];
        _optimizer = new SliceOptimizer(context.Task, _interval, context.NewKernels());
    }

    /// <summary>The version held, finite and whole.</summary>
    public long Version { get; private set; } = NoVersion;

    /// <summary>The version that the best copy is of; null: none is kept.</summary>
    public long? BestVersion { get; private set; }

    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    public void Load(RestoreSource source, long version)
    {
        switch (source)
        {
            case RestoreSource.Initial:
                LoadInitial(version);
                break;
            case RestoreSource.Checkpoint:
                Load(_context.States.Of(version));
                break;
            default:
                if (BestVersion != version)
                {
                    throw new InvariantException(
                        $"best of version {version} is wanted, {BestVersion} is kept");
                }

                _best.CopyTo(_context.Blocks.Of(version, _interval));
                break;
        }

        Version = version;
    }

    /// <summary>Writes the slice's part of the partial square norms.</summary>
    public void SquareNorms(long step, ImmutableArray<NodeTensor> nodes)
    {
        Collect(step, nodes);
        int firstBlock = _interval.Start / ParameterInterval.Block;
        _optimizer.SquareNorms(
            step, _nodes, _context.SquareNormsOf(step).AsSpan(firstBlock, _optimizer.BlockCount));
    }

    /// <summary>Makes version <paramref name="step"/> + 1.</summary>
    /// <returns>Why it must not be published, or null.</returns>
    public string? Apply(
        long step, ImmutableArray<NodeTensor> nodes, out BatchMetrics metrics)
    {
        Collect(step, nodes);
        metrics = TreeFold.Root(
            new TreeNode(0, _context.Plan.MicrobatchesOf(step)), _metrics, BatchMetrics.Combine);
        double? squareNorm = _context.Plan.ClipsGlobalNorm
            ? SliceOptimizer.FoldSquareNorms(_context.SquareNormsOf(step))
            : null;
        UpdateResult result = _optimizer.Apply(
            step, _nodes, squareNorm, _context.Blocks.Of(step, _interval),
            _context.Blocks.Of(step + 1, _interval));
        if (!result.IsFinite || !double.IsFinite(metrics.LossSum))
        {
            return NotFinite.Explain(
                step, _context.Task.Layout, metrics, WholeGradients(step, nodes), result.NotFinite);
        }

        Version = step + 1;
        return null;
    }

    public void KeepBest(long version)
    {
        _best = _best.Length == 0 ? new float[_interval.Length] : _best;
        _context.Blocks.Of(version, _interval).CopyTo(_best);
        BestVersion = version;
    }

    public void CopyTo(Snapshot snapshot) => snapshot.Fill(
        _optimizer, _context.Blocks.Of(snapshot.Version, _interval), _best);

    private void LoadInitial(long version)
    {
        Initialization.Fill(
            _context.Task.Recipe, _context.Task.Layout, _interval,
            _context.Blocks.Of(version, _interval));
        _optimizer.FirstMoment.Span.Clear();
        _optimizer.SecondMoment.Span.Clear();
        BestVersion = null;
    }

    private void Load(SavedState from)
    {
        PartOf(from.Parameters).CopyTo(_context.Blocks.Of(from.Version, _interval));
        PartOf(from.FirstMoment).CopyTo(_optimizer.FirstMoment.Span);
        PartOf(from.SecondMoment).CopyTo(_optimizer.SecondMoment.Span);
        BestVersion = from.Best?.Version;
        if (from.Best is { } best)
        {
            _best = PartOf(best.Parameters).ToArray();
        }
    }

    private ReadOnlySpan<float> PartOf(float[] whole) =>
        whole.Length == 0 ? [] : whole.AsSpan(_interval.Start, _interval.Length);

    private void Collect(long step, ImmutableArray<NodeTensor> nodes)
    {
        _nodes.Clear();
        _metrics.Clear();
        foreach (NodeTensor node in nodes)
        {
            GradientBuffer buffer = _context.Gradients.Of(node.Tensor, step);
            _nodes.Add(new NodeGradient(
                node.Node.Start, node.Node.End,
                buffer.Values.Slice(_interval.Start, _interval.Length), buffer.Metrics));
            _metrics.Add((node.Node, buffer.Metrics));
        }
    }

    private IEnumerable<ReadOnlyMemory<float>> WholeGradients(
        long step, ImmutableArray<NodeTensor> nodes) =>
        nodes.Select(node => (ReadOnlyMemory<float>)
            _context.Gradients.Of(node.Tensor, step).Values);
}
