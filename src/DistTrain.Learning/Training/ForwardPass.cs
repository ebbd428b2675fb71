using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Buffers for a batch of samples and the way from samples to losses. One thread's own.
/// </summary>
internal sealed class ForwardPass
{
    // Rows that are on their way to the cache while one is taken up.
    private const int RowsAhead = 16;

    private readonly TrainingTask _task;
    private readonly Kernels _kernels;
    private readonly RandomStream _dropout;
    private readonly BatchBuffer _input;
    private readonly NonzeroMap? _nonzeros;
    private readonly LayerBuffers[] _layers;
    private bool _isTraining;

    /// <param name="task">Network and data.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="maxSamples">Most samples in one pass.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public ForwardPass(TrainingTask task, Kernels kernels, int maxSamples, bool skipsZeros = true)
    {
        _task = task;
        _kernels = kernels;
        _dropout = new RandomStream(task.Recipe.Seed, RandomPurpose.Dropout);
        MaxSamples = maxSamples;
        _input = new BatchBuffer(maxSamples, task.Layout.InputFeatures);
        _layers = [.. task.Recipe.Layers.Select(
            (layer, i) => new LayerBuffers(layer, maxSamples, LossReadsLogits(i)))];
        if (skipsZeros)
        {
            _nonzeros = new NonzeroMap(
                maxSamples, task.Layout.InputFeatures, task.Batches.Microbatch);
        }

        Labels = new int[maxSamples];
        Weights = new float[maxSamples];
        Losses = new float[maxSamples];
    }

    public int MaxSamples { get; }

    /// <summary>Samples of the pass that was run last.</summary>
    public int Samples { get; private set; }

    public int[] Labels { get; }

    /// <summary>Factor on each sample's loss.</summary>
    public float[] Weights { get; }

    /// <summary>(samples): the loss of each.</summary>
    public float[] Losses { get; }

    /// <summary>(samples, features)</summary>
    public Matrix Input => _input.View(Samples);

    /// <summary>Where <see cref="Input"/> is not zero; null where zeros are not skipped.</summary>
    public NonzeroMap? Nonzeros => _nonzeros;

    /// <summary>(samples, classes): what the network says.</summary>
    public Matrix Outputs => _layers[^1].Activated.View(Samples);

    public LayerBuffers Layer(int layer) => _layers[layer];

    /// <summary>The input of layer <paramref name="layer"/>, (samples, inputs).</summary>
    public Matrix InputOf(int layer) =>
        layer == 0 ? Input : OutputOf(_layers[layer - 1]).View(Samples);

    /// <summary>Takes up samples by index; at most <see cref="MaxSamples"/>.</summary>
    /// <param name="set">Where they are.</param>
    /// <param name="indices">Which ones.</param>
    /// <param name="classWeights">Factor on the loss of each class; null: all 1.</param>
    /// <param name="next">The samples of the next call, if they are known: its first ones are
    /// brought to the cache while these are worked on.</param>
    public void Gather(
        Dataset set, ReadOnlySpan<int> indices, IReadOnlyList<float>? classWeights,
        ReadOnlySpan<int> next = default)
    {
        Samples = indices.Length;
        for (int i = 0; i < indices.Length; i++)
        {
            int ahead = i + Math.Min(RowsAhead, indices.Length); // a small batch leaves none out
            if (ahead < indices.Length)
            {
                set.Prefetch(indices[ahead]);
            }
            else if (ahead - indices.Length < next.Length)
            {
                set.Prefetch(next[ahead - indices.Length]);
            }

            _task.Data.Scaling.Apply(set, indices[i], _kernels, Input.Row(i));
            Labels[i] = set.Label(indices[i]);
            Weights[i] = classWeights is null ? 1f : classWeights[Labels[i]];
        }
    }

    /// <summary>From the gathered samples to the last layer's logits and outputs.</summary>
    /// <param name="parameters">The flat block.</param>
    /// <param name="indices">The samples' indices, which address the dropout masks.</param>
    /// <param name="step">The step that is trained; null evaluates, without dropout.</param>
    public void Run(ReadOnlySpan<float> parameters, ReadOnlySpan<int> indices, long? step)
    {
        _isTraining = step is not null;
        if (_nonzeros is not null)
        {
            _kernels.MapNonzeros(Input, _nonzeros);
        }

        for (int layer = 0; layer < _layers.Length; layer++)
        {
            LayerBuffers buffers = _layers[layer];
            bool dropsOut = step is not null && buffers.Factors is not null;
            if (dropsOut)
            {
                FillFactors(layer, indices, (uint)step!.Value);
            }

            // Behind a softmax, dropout comes later than the product's end.
            LayerOutput output = buffers.View(Samples, dropsOut && !buffers.EndsAtLogits);
            ParameterView bias = _task.Layout.Bias(layer);
            _kernels.Forward(
                InputOf(layer), WeightOf(layer, parameters),
                parameters.Slice(bias.Offset, bias.Length), output,
                layer == 0 ? _nonzeros : null);
            if (buffers.IsSoftmax && !LossReadsLogits(layer))
            {
                FinishSoftmax(buffers, dropsOut);
            }
        }
    }

    /// <summary>Losses of the outputs, and dL/d(logits or outputs) of the last layer.</summary>
    public void RunLoss()
    {
        LayerBuffers last = _layers[^1];
        Matrix z = last.Logits.View(Samples);
        Matrix y = last.Activated.View(Samples);
        Matrix gradient = last.Gradient.View(Samples);
        ReadOnlySpan<int> labels = Labels.AsSpan(0, Samples);
        ReadOnlySpan<float> weights = Weights.AsSpan(0, Samples);
        Span<float> losses = Losses.AsSpan(0, Samples);
        switch (_task.Recipe.Loss)
        {
            case Loss.CrossEntropy:
                _kernels.SoftmaxCrossEntropy(z, labels, weights, y, losses, gradient);
                break;
            case Loss.BinaryCrossEntropy:
                _kernels.SigmoidCrossEntropy(z, labels, weights, y, losses, gradient);
                break;
            case Loss.Sse:
                _kernels.SquaredError(y, labels, weights, losses, gradient);
                break;
            default:
                throw new InvalidOperationException($"No loss {_task.Recipe.Loss}.");
        }
    }

    public ReadOnlyMatrix WeightOf(int layer, ReadOnlySpan<float> parameters)
    {
        ParameterView weight = _task.Layout.Weight(layer);
        return new ReadOnlyMatrix(
            parameters.Slice(weight.Offset, weight.Length), weight.Rows, weight.Columns);
    }

    /// <summary>The predicted class of a sample: the lowest index of the largest output.</summary>
    public int Predicted(int sample)
    {
        ReadOnlySpan<float> outputs = Outputs.Row(sample);
        int best = 0;
        for (int j = 1; j < outputs.Length; j++)
        {
            best = outputs[best] < outputs[j] ? j : best;
        }

        return best;
    }

    private BatchBuffer OutputOf(LayerBuffers layer) =>
        _isTraining && layer.Dropped is { } dropped ? dropped : layer.Activated;

    private void FinishSoftmax(LayerBuffers buffers, bool dropsOut)
    {
        Matrix y = buffers.Activated.View(Samples);
        _kernels.Softmax(buffers.Logits.View(Samples), y);
        if (dropsOut)
        {
            _kernels.DropOut(y, buffers.Factors!.View(Samples), buffers.Dropped!.View(Samples));
        }
    }

    // A loss from logits makes the last outputs itself, with a gradient of the logits.
    private bool LossReadsLogits(int layer) =>
        layer == _task.Recipe.Layers.Count - 1 && _task.Recipe.Loss != Loss.Sse;

    private void FillFactors(int layer, ReadOnlySpan<int> indices, uint step)
    {
        double probability = _task.Recipe.Layers[layer].Dropout;
        Matrix factors = _layers[layer].Factors!.View(Samples);
        for (int i = 0; i < Samples; i++)
        {
            Dropout.FillFactors(
                _dropout, probability, layer, (uint)indices[i], step, factors.Row(i));
        }
    }
}
