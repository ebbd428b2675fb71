using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The gradient of a node of a batch's microbatch tree: what a worker computes in a synchronous
/// step, and one step of a replica in a round. A step has the number of its batch.
/// </summary>
public sealed class GradientComputer : NodeComputer
{
    /// <summary>Enough samples to use a weight well while it is in cache, few enough to stay there.
    /// </summary>
    internal const int MaxSamplesAPass = 256;

    private readonly TrainingTask _task;
    private readonly Kernels _kernels;
    private readonly ForwardPass _forward;
    private readonly List<AlignedBuffer<float>> _rightGradients = [];
    private readonly int _ahead;

    /// <param name="task">What is trained.</param>
    /// <param name="kernels">The arithmetic; no other thread may use them.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public GradientComputer(TrainingTask task, Kernels kernels, bool skipsZeros = true)
    {
        _task = task;
        _kernels = kernels;
        _ahead = task.Rounds?.Replicas ?? 1; // the batches between are other replicas'
        int microbatch = task.Batches.Microbatch;
        int inBatch = BatchPlan.CeilingOf(task.Batches.BatchSize, microbatch) * microbatch;
        _forward = new ForwardPass(
            task, kernels, Math.Min(inBatch, Math.Max(microbatch, MaxSamplesAPass)), skipsZeros);
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
        long step, int first, int end, ReadOnlySpan<float> parameters, Span<float> gradient,
        int depth)
    {
        ReadOnlySpan<int> indices = _task.Batches.SamplesOf(step, first, end);
        if (indices.Length <= _forward.MaxSamples)
        {
            _forward.Gather(
                _task.Data.Training, indices, _task.Recipe.Data.ClassWeights,
                _task.Batches.SamplesAhead(step, _ahead, first, end));
            _forward.Run(parameters, indices, step);
            _forward.RunLoss();
            Backward(parameters, gradient);
            return MetricsReduction.Batch(
                _forward.Stack, _forward.Batch.Labels, _task.Batches.Microbatch);
        }

        if (_rightGradients.Count == depth)
        {
            _rightGradients.Add(new AlignedBuffer<float>(_task.Layout.Count));
        }

        Span<float> rightGradient = _rightGradients[depth].Span;
        int middle = ReductionTree.Middle(first, end);
        BatchMetrics left = Compute(step, first, middle, parameters, gradient, depth + 1);
        BatchMetrics right = Compute(step, middle, end, parameters, rightGradient, depth + 1);
        _kernels.Add(gradient, rightGradient, gradient);
        return BatchMetrics.Combine(left, right);
    }

    private void Backward(ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        LayerStack stack = _forward.Stack;
        stack.FinishLoss(_kernels, 0, stack.Samples);
        for (int layer = stack.Layers - 1; layer >= 0; layer--)
        {
            Matrix dz = stack.GradientOf(layer);
            ParameterView weight = _task.Layout.Weight(layer);
            ParameterView bias = _task.Layout.Bias(layer);
            Matrix dw = new(
                gradient.Slice(weight.Offset, weight.Length), weight.Rows, weight.Columns);
            int microbatch = _task.Batches.Microbatch;
            _kernels.WeightGradient(
                _forward.InputOf(layer), dz, dw, microbatch,
                layer == 0 ? _forward.Batch.Nonzeros : null);
            _kernels.BiasGradient(dz, gradient.Slice(bias.Offset, bias.Length), microbatch);
            if (layer > 0)
            {
                stack.Backward(
                    _kernels, layer, _forward.WeightOf(layer, parameters),
                    stack.Whole(layer - 1));
            }
        }
    }
}
