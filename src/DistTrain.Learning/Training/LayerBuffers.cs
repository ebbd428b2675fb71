using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>What one layer keeps of a batch, each (samples, units) with padded rows.</summary>
internal sealed class LayerBuffers
{
    /// <param name="layer">The layer.</param>
    /// <param name="maxSamples">Rows.</param>
    /// <param name="lossReadsLogits">The loss makes the outputs from the logits itself.</param>
    public LayerBuffers(LayerRecipe layer, int maxSamples, bool lossReadsLogits)
    {
        Gradient = new BatchBuffer(maxSamples, layer.Units);
        if (layer.Dropout > 0)
        {
            Factors = new BatchBuffer(maxSamples, layer.Units);
            Dropped = new BatchBuffer(maxSamples, layer.Units);
        }

        IsSoftmax = layer.Activation == Activation.Softmax;
        Elementwise = layer.Activation switch
        {
            Activation.Sigmoid => ElementwiseActivation.Sigmoid,
            Activation.Tanh => ElementwiseActivation.Tanh,
            Activation.Relu => ElementwiseActivation.Relu,
            Activation.LeakyRelu => ElementwiseActivation.LeakyRelu,
            Activation.Gelu => ElementwiseActivation.Gelu,
            _ => ElementwiseActivation.Linear,
        };
        Activated = new BatchBuffer(maxSamples, layer.Units);
        EndsAtLogits = IsSoftmax || lossReadsLogits;
        bool hasLogits = EndsAtLogits || LayerOutput.KeepsLogits(Elementwise);
        Logits = hasLogits ? new BatchBuffer(maxSamples, layer.Units) : Activated;
    }

    /// <summary>z = x · W + b; Activated itself where nothing reads z again.</summary>
    public BatchBuffer Logits { get; }

    /// <summary>f(z)</summary>
    public BatchBuffer Activated { get; }

    /// <summary>dL/dy, then dL/dz.</summary>
    public BatchBuffer Gradient { get; }

    /// <summary>0 or 1/(1 − p) for each output; null without dropout.</summary>
    public BatchBuffer? Factors { get; }

    /// <summary>f(z) ⊙ factors: the output while training with dropout.</summary>
    public BatchBuffer? Dropped { get; }

    public bool IsSoftmax { get; }

    /// <summary>The activation; linear below a softmax.</summary>
    public ElementwiseActivation Elementwise { get; }

    /// <summary>Whether the product goes no further than the logits: a softmax or the loss makes
    /// the outputs from them.</summary>
    public bool EndsAtLogits { get; }

    /// <summary>What the layer above reads.</summary>
    public BatchBuffer Output(bool isTraining) =>
        isTraining && Dropped is { } dropped ? dropped : Activated;

    /// <summary>What a product writes, or its way back reads, of the first samples.</summary>
    /// <param name="samples">Rows.</param>
    /// <param name="withDropout">As in training.</param>
    public LayerOutput View(int samples, bool withDropout) => new()
    {
        Activation = EndsAtLogits ? ElementwiseActivation.Linear : Elementwise,
        Logits = Logits.View(samples),
        Activated = EndsAtLogits ? Logits.View(samples) : Activated.View(samples),
        Factors = withDropout ? Factors!.View(samples) : default(ReadOnlyMatrix),
        Dropped = withDropout ? Dropped!.View(samples) : default,
    };
}

/// <summary>
/// Rows of <paramref name="columns"/> numbers, each starting on a cache line, and not a multiple of
/// 2 KB apart: such rows would share few sets of the caches.
/// </summary>
internal sealed class BatchBuffer(int rows, int columns)
{
    private const int LineNumbers = 16;
    private const int ConflictNumbers = 512;

    private readonly int _stride = StrideOf(columns);
    private readonly AlignedBuffer<float> _numbers = new(rows * StrideOf(columns));

    public Matrix View(int samples) => new(_numbers.Span, samples, columns, _stride);

    public Matrix View(int samples, BatchShare share) => share.Of(View(samples));

    /// <summary>Numbers between the starts of rows of so many.</summary>
    public static int StrideOf(int columns)
    {
        int stride = (columns + LineNumbers - 1) / LineNumbers * LineNumbers;
        return stride % ConflictNumbers == 0 ? stride + LineNumbers : stride;
    }
}
