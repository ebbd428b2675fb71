using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The numbers of one slice: its interval of the parameters, moments, best copy.</summary>
internal sealed class SliceState
{
    /// <summary>What a slice holds before it has loaded anything.</summary>
    public const long NoVersion = -1;

    private readonly RoleContext _context;
    private readonly ISliceMemory _memory;
    private readonly ParameterInterval _interval;
    private readonly SliceOptimizer _optimizer;
    private readonly List<NodeGradient> _nodes = [];
    private readonly List<(TreeNode Node, BatchMetrics Value)> _metrics = [];
    private float[] _best = [];

    public SliceState(RoleContext context, SliceId id, ISliceMemory memory)
    {
        _context = context;
        _memory = memory;
        _interval = context.Intervals[id.Value];
        _optimizer = new SliceOptimizer(context.Task, _interval, context.NewKernels());
    }

    /// <summary>The version held, finite and whole.</summary>
    public long Version { get; private set; } = NoVersion;

    /// <summary>The version that the best copy is of; null: none is kept.</summary>
    public long? BestVersion { get; private set; }

    /// <summary>Takes up the best copy.</summary>
    public void LoadBest(long version)
    {
        if (BestVersion != version)
        {
            throw new InvariantException(
                $"best of version {version} is wanted, {BestVersion} is kept");
        }

        _best.CopyTo(_memory.Begin(version));
        Version = version;
    }

    /// <summary>Writes the slice's part of the partial square norms.</summary>
    public void SquareNorms(long step, ImmutableArray<NodeTensor> nodes)
    {
        Collect(step, nodes);
        _optimizer.SquareNorms(step, _nodes, _memory.OwnNorms(step));
    }

    /// <summary>Makes version <paramref name="step"/> + 1.</summary>
    /// <returns>Why it must not be published, or null.</returns>
    public string? Apply(
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
        if (!result.IsFinite || !double.IsFinite(metrics.LossSum))
        {
            return NotFinite.Explain(
                step, _context.Task.Layout, metrics, Gradients(step, nodes), result.NotFinite);
        }

        Version = step + 1;
        _memory.BecomeApplied(step);
        return null;
    }

    public void KeepBest(long version)
    {
        _best = _best.Length == 0 ? new float[_interval.Length] : _best;
        _memory.Parameters(version).CopyTo(_best);
        BestVersion = version;
    }

    /// <summary>What is held now, for a checkpoint; valid until the next call.</summary>
    public SliceView View() => new(
        _interval, _memory.Parameters(Version), _optimizer.FirstMoment.Span,
        _optimizer.SecondMoment.Span, BestVersion, _best);

    /// <summary>The seeded starting parameters.</summary>
    public void LoadInitial(long version)
    {
        Initialization.Fill(
            _context.Task.Recipe, _context.Task.Layout, _interval, _memory.Begin(version));
        _optimizer.FirstMoment.Span.Clear();
        _optimizer.SecondMoment.Span.Clear();
        BestVersion = null;
        Version = version;
    }

    /// <summary>The slice's part of a checkpoint.</summary>
    public void Load(SliceSaved from)
    {
        from.Parameters.Span.CopyTo(_memory.Begin(from.Version));
        from.FirstMoment.Span.CopyTo(_optimizer.FirstMoment.Span);
        from.SecondMoment.Span.CopyTo(_optimizer.SecondMoment.Span);
        BestVersion = from.BestVersion;
        if (from.BestVersion is not null)
        {
            _best = from.Best.ToArray();
        }

        Version = from.Version;
    }

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

    private IEnumerable<SliceGradient> Gradients(long step, ImmutableArray<NodeTensor> nodes) =>
        nodes.Select(node => _memory.GradientOf(node.Tensor, step));
}

/// <summary>What a slice holds at one version, where it stands.</summary>
/// <param name="interval">Which parameters.</param>
/// <param name="parameters">(interval)</param>
/// <param name="firstMoment">(interval), or empty.</param>
/// <param name="secondMoment">(interval), or empty.</param>
/// <param name="bestVersion">The version of the best parameters; null: none.</param>
/// <param name="best">(interval), or empty.</param>
internal readonly ref struct SliceView(
    ParameterInterval interval, ReadOnlySpan<float> parameters, ReadOnlySpan<float> firstMoment,
    ReadOnlySpan<float> secondMoment, long? bestVersion, ReadOnlySpan<float> best)
{
    public ParameterInterval Interval { get; } = interval;

    public ReadOnlySpan<float> Parameters { get; } = parameters;

    public ReadOnlySpan<float> FirstMoment { get; } = firstMoment;

    public ReadOnlySpan<float> SecondMoment { get; } = secondMoment;

    public long? BestVersion { get; } = bestVersion;

    public ReadOnlySpan<float> Best { get; } = best;
}
