using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Buffers for a batch of samples and the way from samples to losses. One thread's own.
/// </summary>
internal sealed class ForwardPass
{
    private readonly TrainingTask _task;
    private readonly Kernels _kernels;
    private readonly RandomStream _dropout;
    private readonly AlignedBuffer<float> _input;
    private readonly LayerBuffers[] _layers;
    private bool _isTraining;

    /// <param name="task">Network and data.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="maxSamples">Most samples in one pass.</param>
    public ForwardPass(TrainingTask task, Kernels kernels, int maxSamples)
    {
        _task = task;
        _kernels = kernels;
        _dropout = new RandomStream(task.Recipe.Seed, RandomPurpose.Dropout);
        MaxSamples = maxSamples;
        _input = new AlignedBuffer<float>(maxSamples * task.Layout.InputFeatures);
        _layers = [.. task.Recipe.Layers.Select(layer => new LayerBuffers(layer, maxSamples))];
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
    public Matrix Input =>
        new(_input.Span, Samples, _task.Layout.InputFeatures);

    /// <summary>(samples, classes): what the network says.</summary>
    public Matrix Outputs => _layers[^1].Activated.View(Samples);

    public LayerBuffers Layer(int layer) => _layers[layer];

    /// <summary>The input of layer <paramref name="layer"/>, (samples, inputs).</summary>
    public Matrix InputOf(int layer) =>
        layer == 0 ? Input : OutputOf(_layers[layer - 1]).View(Samples);

    /// <summary>Takes up samples by index; at most <see cref="MaxSamples"/>.</summary>
    public void Gather(Dataset set, ReadOnlySpan<int> indices, IReadOnlyList<float>? classWeights)
    {
        Samples = indices.Length;
        for (int i = 0; i < indices.Length; i++)
        {
            _task.Data.Scaling.Apply(set, indices[i], Input.Row(i));
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
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            LayerBuffers buffers = _layers[layer];
            Matrix z = buffers.Logits.View(Samples);
            Matrix y = buffers.Activated.View(Samples);
            ParameterView bias = _task.Layout.Bias(layer);
            _kernels.Multiply(InputOf(layer), WeightOf(layer, parameters), z);
            _kernels.Activate(
                buffers.Elementwise, z, parameters.Slice(bias.Offset, bias.Length), y);
            if (buffers.IsSoftmax && !IsFusedSoftmax(layer))
            {
                _kernels.Softmax(z, y);
            }

            if (buffers.Factors is { } factors && step is { } trained)
            {
                DropOut(layer, factors.View(Samples), indices, (uint)trained);
                _kernels.DropOut(y, factors.View(Samples), buffers.Dropped!.View(Samples));
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

    // The loss makes these outputs from the logits itself, with a gradient of the logits.
    private bool IsFusedSoftmax(int layer) =>
        layer == _layers.Length - 1 && _task.Recipe.Loss == Loss.CrossEntropy;

    private void DropOut(int layer, Matrix factors, ReadOnlySpan<int> indices, uint step)
    {
        double probability = _task.Recipe.Layers[layer].Dropout;
        for (int i = 0; i < Samples; i++)
        {
            Dropout.FillFactors(
                _dropout, probability, layer, (uint)indices[i], step, factors.Row(i));
        }
    }
}
