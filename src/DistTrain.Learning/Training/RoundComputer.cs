using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What replicas do in a round: each copies the outer parameters, takes its local steps with an
/// optimizer whose moments start at 0, and gives outer − local, the way it moved, as its gradient
/// (docs/NUMERICS.md, N11). Who computes a replica does not matter: nothing of it outlives the
/// round.
/// </summary>
internal sealed class RoundComputer : NodeComputer
{
    private readonly RoundPlan _rounds;
    private readonly Kernels _kernels;
    private readonly TrainingTask _task;
    private readonly GradientComputer _computer;
    private readonly SliceOptimizer _optimizer;
    private readonly AlignedBuffer<float> _local;
    private readonly AlignedBuffer<float> _gradient;
    private readonly List<AlignedBuffer<float>> _rightDifferences = [];
    private readonly NodeGradient[] _root = new NodeGradient[1];
    private readonly double[] _squareNorms;

    public RoundComputer(TrainingTask task, RoundPlan rounds, Kernels kernels, bool skipsZeros)
    {
        _task = task;
        _rounds = rounds;
        _kernels = kernels;
        var whole = new ParameterInterval(0, task.Layout.Count);
        _computer = new GradientComputer(task, kernels, skipsZeros);
        _optimizer = new SliceOptimizer(task, task.BatchSteps, whole, kernels);
        _local = new AlignedBuffer<float>(whole.Length);
        _gradient = new AlignedBuffer<float>(whole.Length);
        _squareNorms = new double[whole.BlockCount];
    }

    /// <inheritdoc/>
    public override BatchMetrics Compute(
        long step, int first, int end, ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, _task.Layout.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, _task.Layout.Count);
        return Compute(step, first, end, parameters, gradient, depth: 0);
    }

    private BatchMetrics Compute(
        long round, int first, int end, ReadOnlySpan<float> outer, Span<float> difference,
        int depth)
    {
        if (end - first == 1)
        {
            BatchMetrics metrics = TakeLocalSteps(round, first, outer);
            _kernels.Subtract(outer, _local.Span, difference);
            return metrics;
        }

        if (_rightDifferences.Count == depth)
        {
            _rightDifferences.Add(new AlignedBuffer<float>(_task.Layout.Count));
        }

        Span<float> rightDifference = _rightDifferences[depth].Span;
        int middle = ReductionTree.Middle(first, end);
        BatchMetrics left = Compute(round, first, middle, outer, difference, depth + 1);
        BatchMetrics right = Compute(round, middle, end, outer, rightDifference, depth + 1);
        _kernels.Add(difference, rightDifference, difference);
        return BatchMetrics.Combine(left, right);
    }

    /// <summary>Leaves the replica's parameters in the local buffer.</summary>
    private BatchMetrics TakeLocalSteps(long round, int replica, ReadOnlySpan<float> outer)
    {
        outer.CopyTo(_local.Span);
        _optimizer.FirstMoment.Span.Clear();
        _optimizer.SecondMoment.Span.Clear();
        int localSteps = _rounds.LocalStepsOf(round, replica);
        BatchMetrics sum = default;
        for (int i = 0; i < localSteps; i++)
        {
            long batch = _rounds.BatchOf(round, replica, i);
            int microbatches = _task.Batches.MicrobatchesOf(batch);
            BatchMetrics metrics = _computer.Compute(
                batch, 0, microbatches, _local.Span, _gradient.Span);
            sum = BatchMetrics.Combine(sum, metrics);
            _root[0] = new NodeGradient(0, microbatches, _gradient.Memory, metrics);
            UpdateResult update = _optimizer.Apply(
                batch, _root, SquareNormOf(batch), _local.Span, _local.Span);
            if (!update.IsFinite)
            {
                // The local parameters are not finite, so the outer update will not be either, and
                // it names the layer. Kernels may skip zeros only while parameters are finite.
                break;
            }
        }

        return sum;
    }

    private double? SquareNormOf(long batch)
    {
        if (!_task.BatchSteps.ClipsGlobalNorm)
        {
            return null;
        }

        _optimizer.SquareNorms(batch, _root, _squareNorms);
        return SliceOptimizer.FoldSquareNorms(_squareNorms);
    }
}
