using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Turns the raw numbers of a sample into the inputs of the first layer. It is fitted once, on the
/// samples that are trained on, and stays with the model. Immutable; any thread may use it.
/// </summary>
public sealed class FeatureScaling
{
    private readonly FeatureScalingState _state;

    /// <summary>How bytes become inputs; null where samples are not bytes.</summary>
    private readonly PixelScale? _pixels;

    private FeatureScaling(FeatureScalingState state)
    {
        _state = state;
        _pixels = state.ForBytes ? PixelScaleOf(state) : null;
        LargestInput = _pixels switch
        {
            null => null,
            { Rule: PixelRule.Standard } scale => MathF.Max(
                scale.Mean, byte.MaxValue - scale.Mean) / scale.Deviation,
            _ => 1,
        };
    }

    public PixelScaling Kind => _state.Kind;

    /// <summary>The largest magnitude of an input that a byte becomes; null where samples are not
    /// bytes.</summary>
    public float? LargestInput { get; }

    /// <summary>Measures what the scaling needs on the training samples.</summary>
    /// <exception cref="RecipeException">Binary pixels of data that are not bytes.</exception>
    public static FeatureScaling Fit(PixelScaling kind, Dataset training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (kind == PixelScaling.Binary && !training.IsBytes)
        {
            throw new RecipeException([new RecipeProblem(
                "pixels",
                $"binary needs pixels (whole numbers 0 … 255), which {training.Name} does not have",
                "use standard or unit")]);
        }

        (float[] mean, float[] deviation) = kind != PixelScaling.Standard
            ? ([], [])
            : training.IsBytes
                ? Standardization.OfBytes(training)
                : Standardization.OfFloats(training);
        return new FeatureScaling(
            new FeatureScalingState(kind, training.IsBytes, mean, deviation));
    }

    /// <summary>The scaling that a checkpoint or model file holds.</summary>
    /// <exception cref="ArgumentException">A state that no scaling has.</exception>
    public static FeatureScaling FromState(FeatureScalingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Validate();
        return new FeatureScaling(state);
    }

    public FeatureScalingState ToState() => _state;

    /// <summary>Inputs, (Features), of a sample of a data set.</summary>
    /// <param name="set">Where the sample is.</param>
    /// <param name="index">Which one.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="destination">(Features)</param>
    /// <exception cref="DataException">Fitted on bytes, but the data are not bytes.</exception>
    public void Apply(Dataset set, int index, Kernels kernels, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(kernels);
        if (_pixels is not { } scale)
        {
            set.ReadFloats(index, destination);
            Scale(destination[..set.Features]);
        }
        else if (set.IsBytes)
        {
            ReadOnlySpan<byte> pixels = set.ReadBytes(index);
            kernels.ScalePixels(pixels, scale, destination[..pixels.Length]);
        }
        else
        {
            throw new DataException(
                $"{set.Name}: the model was trained on pixels (whole numbers 0 … 255), but these " +
                "data hold other numbers. Give the data as pixels.");
        }
    }

    private void Scale(Span<float> sample)
    {
        if (Kind != PixelScaling.Standard)
        {
            return;
        }

        ReadOnlySpan<float> mean = _state.Mean;
        ReadOnlySpan<float> deviation = _state.Deviation;
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = (sample[i] - mean[i]) / deviation[i];
        }
    }

    private static PixelScale PixelScaleOf(FeatureScalingState state) => state.Kind switch
    {
        PixelScaling.Unit => new PixelScale(PixelRule.Unit),
        PixelScaling.Binary => new PixelScale(PixelRule.Binary),
        PixelScaling.Standard => new PixelScale(
            PixelRule.Standard, state.Mean[0], state.Deviation[0]),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
