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
    private readonly SplitLayer? _first;
    private bool _isTraining;

    /// <param name="recipe">The layers and the loss.</param>
    /// <param name="maxSamples">Most samples in a batch.</param>
    /// <param name="firstUnits">Where each part of a first layer begins whose parts different
    /// threads write, ascending from 0: they are kept apart from each other, if there is a layer
    /// above. Any other part of it is then within one of these.</param>
    public LayerStack(Recipe recipe, int maxSamples, IReadOnlyList<int>? firstUnits = null)
    {
        _recipe = recipe;
        _dropout = new RandomStream(recipe.Seed, RandomPurpose.Dropout);
        _layers = [.. recipe.Layers.Select(
            (layer, i) => new LayerBuffers(layer, maxSamples, LossReadsLogits(recipe, i)))];
        if (firstUnits?.Count > 1 && Layers > 1)
        {
            _first = new SplitLayer(recipe.Layers[0], maxSamples, firstUnits);
        }

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

    /// <summary>What a layer above the first reads, (samples, inputs). Of a first layer in parts,
    /// what was <see cref="Collect"/>ed.</summary>
    public Matrix InputOf(int layer) => _layers[layer - 1].Output(_isTraining).View(Samples);

    /// <summary>What a part of a layer gives, (the share's samples, its units).</summary>
    public Matrix OutputOf(int layer, BatchShare share) =>
        BuffersOf(layer, ref share).Output(_isTraining).View(Samples, share);

    /// <summary>dL/dz of a layer, (samples, units); not of a first one in parts.</summary>
    public Matrix GradientOf(int layer) => _layers[layer].Gradient.View(Samples);

    /// <summary>dL/dz of a part of a layer, (the share's samples, its units).</summary>
    public Matrix GradientOf(int layer, BatchShare share) =>
        BuffersOf(layer, ref share).Gradient.View(Samples, share);

    /// <summary>Brings together what the parts of the first layer gave for some samples, for the
    /// layer above to read; where it is whole there is nothing to do.</summary>
    public void Collect(int firstSample, int samples) => _first?.CopyOutputs(
        firstSample, samples, _isTraining, _layers[0].Output(_isTraining).View(Samples));

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
        BatchShare own = share;
        LayerBuffers buffers = BuffersOf(layer, ref own);
        bool dropsOut = _isTraining && buffers.Factors is not null;
        if (dropsOut)
        {
            FillFactors(
                layer, share, buffers.Factors!.View(Samples, own), indices, (uint)step);
        }

        // Behind a softmax, dropout comes later than the product's end.
        LayerOutput output = own.Of(buffers.View(Samples, dropsOut && !buffers.EndsAtLogits));
        kernels.Forward(x, weight, bias, output, nonzeros);
        if (NeedsWholeSamples(_recipe, layer))
        {
            FinishSoftmax(kernels, buffers, own, dropsOut);
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
        Matrix z = last.Logits.View(Samples, share);
        Matrix y = last.Activated.View(Samples, share);
        Matrix gradient = last.Gradient.View(Samples, share);
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
                kernels, _layers[^1],
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
        LayerBuffers buffers = BuffersOf(layer - 1, ref below);
        Matrix dx = buffers.Gradient.View(Samples, below);
        if (buffers.IsSoftmax)
        {
            kernels.InputGradient(own, weight, dx);
            ThroughActivation(kernels, buffers, below);
        }
        else
        {
            kernels.InputGradient(
                own, weight, dx, below.Of(buffers.View(Samples, buffers.Factors is not null)));
        }
    }

    // Dropout is behind the activation, so the way back goes through it first.
    private void ThroughActivation(Kernels kernels, LayerBuffers buffers, BatchShare share)
    {
        Matrix gradient = buffers.Gradient.View(Samples, share);
        Matrix y = buffers.Activated.View(Samples, share);
        if (buffers.Factors is { } factors)
        {
            kernels.DropOut(gradient, factors.View(Samples, share), gradient);
        }

        if (buffers.IsSoftmax)
        {
            kernels.SoftmaxBackward(gradient, y);
        }
        else
        {
            kernels.ActivateBackward(
                buffers.Elementwise, gradient, buffers.Logits.View(Samples, share), y);
        }
    }

    private void FinishSoftmax(
        Kernels kernels, LayerBuffers buffers, BatchShare share, bool dropsOut)
    {
        Matrix y = buffers.Activated.View(Samples, share);
        kernels.Softmax(buffers.Logits.View(Samples, share), y);
        if (dropsOut)
        {
            kernels.DropOut(
                y, buffers.Factors!.View(Samples, share),
                buffers.Dropped!.View(Samples, share));
        }
    }

    // A loss from logits makes the last outputs itself, with a gradient of the logits.
    private static bool LossReadsLogits(Recipe recipe, int layer) =>
        layer == recipe.Layers.Count - 1 && recipe.Loss != Loss.Sse;

    /// <summary>The buffers that hold a share of a layer, and the share's units as they are
    /// numbered there.</summary>
    private LayerBuffers BuffersOf(int layer, ref BatchShare share) =>
        layer == 0 && _first is not null ? _first.BuffersOf(ref share) : _layers[layer];

    private void FillFactors(
        int layer, BatchShare share, Matrix factors, ReadOnlySpan<int> indices, uint step)
    {
        double probability = _recipe.Layers[layer].Dropout;
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
