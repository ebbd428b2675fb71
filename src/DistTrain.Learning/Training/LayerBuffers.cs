using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>What one layer keeps of a batch, each (samples, units) with padded rows.</summary>
internal sealed class LayerBuffers
{
    public LayerBuffers(LayerRecipe layer, int maxSamples)
    {
        Logits = new BatchBuffer(maxSamples, layer.Units);
        Activated = new BatchBuffer(maxSamples, layer.Units);
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
    }

    /// <summary>z = x · W + b</summary>
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
}

/// <summary>Rows of <paramref name="columns"/> numbers, each starting on a cache line.</summary>
internal sealed class BatchBuffer(int rows, int columns)
{
    private const int LineNumbers = 16;

    private readonly int _stride = (columns + LineNumbers - 1) / LineNumbers * LineNumbers;
    private readonly AlignedBuffer<float> _numbers =
        new(rows * ((columns + LineNumbers - 1) / LineNumbers * LineNumbers));

    public Matrix View(int samples) => new(_numbers.Span, samples, columns, _stride);
}
