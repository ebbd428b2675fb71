using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Buffers for a batch of samples and the way from samples to losses. One thread's own.
/// </summary>
internal sealed class ForwardPass
{
    private readonly TrainingTask _task;
    private readonly Kernels _kernels;

    /// <param name="task">Network and data.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="maxSamples">Most samples in one pass.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public ForwardPass(TrainingTask task, Kernels kernels, int maxSamples, bool skipsZeros = true)
    {
        _task = task;
        _kernels = kernels;
        MaxSamples = maxSamples;
        Batch = new InputBatch(task, kernels, maxSamples, skipsZeros);
        Stack = new LayerStack(task.Recipe, maxSamples);
    }

    public int MaxSamples { get; }

    /// <summary>The samples gathered last.</summary>
    public InputBatch Batch { get; }

    /// <summary>What the layers made of them.</summary>
    public LayerStack Stack { get; }

    /// <summary>The input of layer <paramref name="layer"/>, (samples, inputs).</summary>
    public Matrix InputOf(int layer) => layer == 0 ? Batch.Values : Stack.InputOf(layer);

    /// <summary>Takes up samples by index; at most <see cref="MaxSamples"/>.</summary>
    /// <inheritdoc cref="InputBatch.Gather"/>
    public void Gather(
        Dataset set, ReadOnlySpan<int> indices, IReadOnlyList<float>? classWeights,
        ReadOnlySpan<int> next = default) =>
        Batch.Gather(set, indices, classWeights, next);

    /// <summary>From the gathered samples to the last layer's logits and outputs.</summary>
    /// <param name="parameters">The flat block.</param>
    /// <param name="indices">The samples' indices, which address the dropout masks.</param>
    /// <param name="step">The step that is trained; null evaluates, without dropout.</param>
    public void Run(ReadOnlySpan<float> parameters, ReadOnlySpan<int> indices, long? step)
    {
        Stack.Begin(Batch.Samples, isTraining: step is not null);
        for (int layer = 0; layer < Stack.Layers; layer++)
        {
            ParameterView bias = _task.Layout.Bias(layer);
            Stack.Forward(
                _kernels, layer, InputOf(layer), WeightOf(layer, parameters),
                parameters.Slice(bias.Offset, bias.Length), Stack.Whole(layer), indices,
                step ?? 0, layer == 0 ? Batch.Nonzeros : null);
        }
    }

    /// <summary>Losses of the outputs, and dL/d(logits or outputs) of the last layer.</summary>
    public void RunLoss() =>
        Stack.RunLoss(_kernels, 0, Stack.Samples, Batch.Labels, Batch.Weights);

    public ReadOnlyMatrix WeightOf(int layer, ReadOnlySpan<float> parameters)
    {
        ParameterView weight = _task.Layout.Weight(layer);
        return new ReadOnlyMatrix(
            parameters.Slice(weight.Offset, weight.Length), weight.Rows, weight.Columns);
    }
}
