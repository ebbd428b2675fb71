using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What all layers keep of a batch, and the way forward and back through any part of it: some of
/// the samples, and some of a layer's units. Several threads may work on parts that do not overlap,
/// each with its own kernels.
/// </summary>
internal sealed class LayerStack
{
    private readonly Recipe _recipe;
    private readonly RandomStream _dropout;
    private readonly LayerBuffers[] _layers;
    private bool _isTraining;

    /// <param name="recipe">The layers and the loss.</param>
    /// <param name="maxSamples">Most samples in a batch.</param>
    public LayerStack(Recipe recipe, int maxSamples)
    {
        _recipe = recipe;
        _dropout = new RandomStream(recipe.Seed, RandomPurpose.Dropout);
        _layers = [.. recipe.Layers.Select(
            (layer, i) => new LayerBuffers(layer, maxSamples, LossReadsLogits(recipe, i)))];
        Losses = new float[maxSamples];
    }

    public int Layers => _layers.Length;

    /// <summary>Samples in the batch.</summary>
    public int Samples { get; private set; }

    /// <summary>(samples): the loss of each.</summary>
    public float[] Losses { get; }

    /// <summary>(samples, classes): what the network says.</summary>
    public Matrix Outputs => _layers[^1].Activated.View(Samples);

    /// <summary>All samples and units of a layer.</summary>
    public BatchShare Whole(int layer) => new(0, Samples, 0, _recipe.Layers[layer].Units);

    /// <summary>What a layer above the first reads, (samples, inputs).</summary>
    public Matrix InputOf(int layer)
    {
        LayerBuffers below = _layers[layer - 1];
        BatchBuffer output = _isTraining && below.Dropped is { } dropped
            ? dropped
            : below.Activated;
        return output.View(Samples);
    }

    /// <summary>dL/dz of a layer, (samples, units).</summary>
    public Matrix GradientOf(int layer) => _layers[layer].Gradient.View(Samples);

    /// <summary>A softmax that the loss does not make itself needs all units of a sample.</summary>
    public static bool NeedsWholeSamples(Recipe recipe, int layer) =>
        recipe.Layers[layer].Activation == Activation.Softmax && !LossReadsLogits(recipe, layer);

    /// <param name="samples">Samples of the batch from now on.</param>
    /// <param name="isTraining">With dropout.</param>
    public void Begin(int samples, bool isTraining)
    {
        Samples = samples;
        _isTraining = isTraining;
    }

    /// <summary>Outputs of a layer; of a last one whose loss reads logits, the logits.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">(the share's samples, inputs)</param>
    /// <param name="weight">(inputs, the share's units)</param>
    /// <param name="bias">(the share's units)</param>
    /// <param name="share">What of the layer.</param>
    /// <param name="indices">The indices of all samples, which address the dropout masks.</param>
    /// <param name="step">The step that is trained; not read where there is no training.</param>
    /// <param name="nonzeros">Of x, or null.</param>
    public void Forward(
        Kernels kernels, int layer, ReadOnlyMatrix x, ReadOnlyMatrix weight,
        ReadOnlySpan<float> bias, BatchShare share, ReadOnlySpan<int> indices, long step,
        NonzeroMap? nonzeros = null)
    {
        LayerBuffers buffers = _layers[layer];
        bool dropsOut = _isTraining && buffers.Factors is not null;
        if (dropsOut)
        {
            FillFactors(layer, share, indices, (uint)step);
        }

        // Behind a softmax, dropout comes later than the product's end.
        LayerOutput output = share.Of(buffers.View(Samples, dropsOut && !buffers.EndsAtLogits));
        kernels.Forward(x, weight, bias, output, nonzeros);
        if (NeedsWholeSamples(_recipe, layer))
        {
            FinishSoftmax(kernels, buffers, share, dropsOut);
        }
    }

    /// <summary>Losses of some samples' outputs, and dL/dz of the last layer.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="firstSample">The first of them.</param>
    /// <param name="samples">How many.</param>
    /// <param name="labels">Of all samples.</param>
    /// <param name="weights">Factors on the losses of all samples.</param>
    public void RunLoss(
        Kernels kernels, int firstSample, int samples, ReadOnlySpan<int> labels,
        ReadOnlySpan<float> weights)
    {
        LayerBuffers last = _layers[^1];
        BatchShare share = Whole(Layers - 1) with { FirstSample = firstSample, Samples = samples };
        Matrix z = share.Of(last.Logits.View(Samples));
        Matrix y = share.Of(last.Activated.View(Samples));
        Matrix gradient = share.Of(last.Gradient.View(Samples));
        ReadOnlySpan<int> own = labels.Slice(firstSample, samples);
        ReadOnlySpan<float> factors = weights.Slice(firstSample, samples);
        Span<float> losses = Losses.AsSpan(firstSample, samples);
        switch (_recipe.Loss)
        {
            case Loss.CrossEntropy:
                kernels.SoftmaxCrossEntropy(z, own, factors, y, losses, gradient);
                break;
            case Loss.BinaryCrossEntropy:
                kernels.SigmoidCrossEntropy(z, own, factors, y, losses, gradient);
                break;
            case Loss.Sse:
                kernels.SquaredError(y, own, factors, losses, gradient);
                break;
            default:
                throw new InvalidOperationException($"No loss {_recipe.Loss}.");
        }
    }

    /// <summary>Where the loss gave dL/dy, on to dL/dz of the last layer.</summary>
    public void FinishLoss(Kernels kernels, int firstSample, int samples)
    {
        if (_recipe.Loss == Loss.Sse)
        {
            ThroughActivation(
                kernels, Layers - 1,
                Whole(Layers - 1) with { FirstSample = firstSample, Samples = samples });
        }
    }

    /// <summary>dL/dz of a layer to dL/dz of the one below it.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="layer">The layer, from 1.</param>
    /// <param name="weight">(the share's units, units of the layer): those rows of its weight.
    /// </param>
    /// <param name="below">What of the layer below.</param>
    public void Backward(Kernels kernels, int layer, ReadOnlyMatrix weight, BatchShare below)
    {
        Matrix dz = GradientOf(layer);
        ReadOnlyMatrix own = dz.Part(below.FirstSample, below.Samples, 0, dz.Columns);
        LayerBuffers buffers = _layers[layer - 1];
        Matrix dx = below.Of(GradientOf(layer - 1));
        if (buffers.IsSoftmax)
        {
            kernels.InputGradient(own, weight, dx);
            ThroughActivation(kernels, layer - 1, below);
        }
        else
        {
            kernels.InputGradient(
                own, weight, dx, below.Of(buffers.View(Samples, buffers.Factors is not null)));
        }
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

    // Dropout is behind the activation, so the way back goes through it first.
    private void ThroughActivation(Kernels kernels, int layer, BatchShare share)
    {
        LayerBuffers buffers = _layers[layer];
        Matrix gradient = share.Of(GradientOf(layer));
        Matrix y = share.Of(buffers.Activated.View(Samples));
        if (buffers.Factors is { } factors)
        {
            kernels.DropOut(gradient, share.Of(factors.View(Samples)), gradient);
        }

        if (buffers.IsSoftmax)
        {
            kernels.SoftmaxBackward(gradient, y);
        }
        else
        {
            kernels.ActivateBackward(
                buffers.Elementwise, gradient, share.Of(buffers.Logits.View(Samples)), y);
        }
    }

    private void FinishSoftmax(
        Kernels kernels, LayerBuffers buffers, BatchShare share, bool dropsOut)
    {
        Matrix y = share.Of(buffers.Activated.View(Samples));
        kernels.Softmax(share.Of(buffers.Logits.View(Samples)), y);
        if (dropsOut)
        {
            kernels.DropOut(
                y, share.Of(buffers.Factors!.View(Samples)),
                share.Of(buffers.Dropped!.View(Samples)));
        }
    }

    // A loss from logits makes the last outputs itself, with a gradient of the logits.
    private static bool LossReadsLogits(Recipe recipe, int layer) =>
        layer == recipe.Layers.Count - 1 && recipe.Loss != Loss.Sse;

    private void FillFactors(int layer, BatchShare share, ReadOnlySpan<int> indices, uint step)
    {
        double probability = _recipe.Layers[layer].Dropout;
        Matrix factors = share.Of(_layers[layer].Factors!.View(Samples));
        for (int i = 0; i < share.Samples; i++)
        {
            Dropout.FillFactors(
                _dropout, probability, layer, (uint)indices[share.FirstSample + i], step,
                factors.Row(i), share.FirstUnit);
        }
    }
}

/// <summary>A part of what a layer keeps of a batch.</summary>
/// <param name="FirstSample">The first of its samples.</param>
/// <param name="Samples">How many.</param>
/// <param name="FirstUnit">The first of its units; with dropout a multiple of 4.</param>
/// <param name="Units">How many.</param>
internal readonly record struct BatchShare(int FirstSample, int Samples, int FirstUnit, int Units)
{
    public Matrix Of(Matrix whole) => whole.Part(FirstSample, Samples, FirstUnit, Units);

    public LayerOutput Of(in LayerOutput whole) =>
        whole.Part(FirstSample, Samples, FirstUnit, Units);
}
