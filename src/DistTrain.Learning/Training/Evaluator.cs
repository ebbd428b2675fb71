using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>Loss and confusion of a range of a set: forward only, without dropout or weights on
/// classes. Holds one thread's buffers.</summary>
public sealed class Evaluator
{
    private const int MaxSamplesAPass = 256;

    private readonly TrainingTask _task;
    private readonly ForwardPass _forward;
    private readonly int[] _indices;

    public Evaluator(TrainingTask task, Kernels kernels)
    {
        _task = task;
        int samples = Math.Max(task.Batches.Microbatch, MaxSamplesAPass);
        _forward = new ForwardPass(task, kernels, samples);
        _indices = new int[samples];
    }

    /// <summary>
    /// Evaluates the microbatches [first, end) of <paramref name="set"/>, a node of its tree.
    /// </summary>
    /// <param name="set">Samples in order; microbatch 0 begins at sample 0.</param>
    /// <param name="first">First microbatch.</param>
    /// <param name="end">Behind the last microbatch.</param>
    /// <param name="parameters">The flat block.</param>
    public EvaluationMetrics Evaluate(
        Dataset set, int first, int end, ReadOnlySpan<float> parameters)
    {
        int microbatch = _task.Batches.Microbatch;
        int from = first * microbatch;
        int samples = Math.Min(end * microbatch, set.Count) - from;
        if (samples > _forward.MaxSamples)
        {
            int middle = ReductionTree.Middle(first, end);
            return EvaluationMetrics.Combine(
                Evaluate(set, first, middle, parameters),
                Evaluate(set, middle, end, parameters));
        }

        Span<int> indices = _indices.AsSpan(0, samples);
        for (int i = 0; i < samples; i++)
        {
            indices[i] = from + i;
        }

        _forward.Gather(set, indices, classWeights: null);
        _forward.Run(parameters, indices, step: null);
        _forward.RunLoss();
        return MetricsReduction.Evaluation(
            _forward.Stack, _forward.Batch.Labels, microbatch, _task.Recipe.Layers[^1].Units);
    }
}
