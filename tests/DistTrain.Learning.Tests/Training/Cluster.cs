using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// Workers and parameter slices without actors: every node's gradient is cut by interval and given
/// to each slice's optimizer, the norm is folded from all their partials.
/// </summary>
internal sealed class Cluster
{
    private readonly TrainingTask _task;
    private readonly IReadOnlyList<SliceOptimizer> _optimizers;

    /// <param name="task">What is trained.</param>
    /// <param name="slices">Asked for; there may be fewer.</param>
    /// <param name="kernels">Of each slice.</param>
    /// <param name="team">Updates them; null: the caller's thread.</param>
    public Cluster(
        TrainingTask task, int slices, Func<int, Kernels> kernels, ComputeTeam? team = null)
    {
        _task = task;
        _optimizers = [.. ParameterInterval.Cut(task.Layout.Count, slices)
            .Select((interval, i) => new SliceOptimizer(
                task, interval, team, () => kernels(i)))];
        Parameters = Tasks.InitialParameters(task);
    }

    public int Slices => _optimizers.Count;

    public float[] Parameters { get; private set; }

    public float[] FirstMoments => [.. _optimizers.SelectMany(o => o.FirstMoment.ToArray())];

    public float[] SecondMoments => [.. _optimizers.SelectMany(o => o.SecondMoment.ToArray())];

    /// <summary>One step from the contributions of these tree nodes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="nodes">A cover of its tree.</param>
    /// <param name="kernels">Of the worker that computes each node.</param>
    public void Take(
        long step, IReadOnlyList<(int First, int End)> nodes, Func<int, Kernels> kernels)
    {
        NodeGradient[] gradients =
            [.. nodes.Select((node, i) => Compute(step, node, kernels(i)))];
        double? squareNorm = _task.Recipe.ClipNorm is null ? null : SquareNorm(step, gradients);
        float[] after = new float[Parameters.Length];
        foreach (SliceOptimizer optimizer in _optimizers)
        {
            ParameterInterval interval = optimizer.Interval;
            optimizer.Apply(
                step, PartsFor(optimizer, gradients), squareNorm,
                Parameters.AsMemory(interval.Start, interval.Length),
                after.AsMemory(interval.Start, interval.Length)).IsFinite.ShouldBeTrue();
        }

        Parameters = after;
    }

    private NodeGradient Compute(long step, (int First, int End) node, Kernels kernels)
    {
        float[] gradient = new float[Parameters.Length];
        BatchMetrics metrics = NodeComputer.For(_task, kernels)
            .Compute(step, node.First, node.End, Parameters, gradient);
        return new NodeGradient(node.First, node.End, gradient, metrics);
    }

    private double SquareNorm(long step, NodeGradient[] gradients)
    {
        var partials = new List<double>();
        foreach (SliceOptimizer optimizer in _optimizers)
        {
            double[] own = new double[optimizer.BlockCount];
            optimizer.SquareNorms(step, PartsFor(optimizer, gradients), own.AsMemory());
            partials.AddRange(own);
        }

        return SliceOptimizer.FoldSquareNorms([.. partials]);
    }

    private static NodeGradient[] PartsFor(SliceOptimizer optimizer, NodeGradient[] gradients) =>
    [
        .. gradients.Select(node => node with
        {
            Gradient = node.Gradient.Slice(optimizer.Interval.Start, optimizer.Interval.Length),
        }),
    ];
}
