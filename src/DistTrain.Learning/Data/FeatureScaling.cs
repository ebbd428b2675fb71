namespace DistTrain.Learning;

/// <summary>
/// Turns the raw numbers of a sample into the inputs of the first layer. It is fitted once, on the
/// samples that are trained on, and stays with the model. Immutable; any thread may use it.
/// Determinism: bytes go through a table of 256 inputs, made by one division each (N8).
/// </summary>
public sealed class FeatureScaling
{
    private const int ByteValues = 256;

    private readonly FeatureScalingState _state;

    /// <summary>Input of each byte; null where samples are not bytes.</summary>
    private readonly float[]? _table;

    private FeatureScaling(FeatureScalingState state)
    {
        _state = state;
        _table = state.ForBytes ? MakeTable(state) : null;
    }

    public PixelScaling Kind => _state.Kind;

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
    /// <exception cref="DataException">Fitted on bytes, but the data are not bytes.</exception>
    public void Apply(Dataset set, int index, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (_table is null)
        {
            set.ReadFloats(index, destination);
            Apply(destination[..set.Features], destination);
        }
        else if (set.IsBytes)
        {
            Apply(set.ReadBytes(index), destination);
        }
        else
        {
            throw new DataException(
                $"{set.Name}: the model was trained on pixels (whole numbers 0 … 255), but these " +
                "data hold other numbers. Give the data as pixels.");
        }
    }

    /// <summary>Inputs of a sample of bytes.</summary>
    public void Apply(ReadOnlySpan<byte> sample, Span<float> destination)
    {
        float[] table = _table
            ?? throw new InvalidOperationException("fitted on numbers that are not bytes");
        for (int i = 0; i < sample.Length; i++)
        {
            destination[i] = table[sample[i]];
        }
    }

    /// <summary>Inputs of a sample of numbers; sample and destination may be the same.</summary>
    public void Apply(ReadOnlySpan<float> sample, Span<float> destination)
    {
        if (_table is not null)
        {
            throw new InvalidOperationException("fitted on bytes");
        }

        if (Kind != PixelScaling.Standard)
        {
            sample.CopyTo(destination);
            return;
        }

        ReadOnlySpan<float> mean = _state.Mean;
        ReadOnlySpan<float> deviation = _state.Deviation;
        for (int i = 0; i < sample.Length; i++)
        {
            destination[i] = (sample[i] - mean[i]) / deviation[i];
        }
    }

    private static float[] MakeTable(FeatureScalingState state)
    {
        float[] table = new float[ByteValues];
        for (int value = 0; value < ByteValues; value++)
        {
            table[value] = state.Kind switch
            {
                PixelScaling.Unit => value / 255f,
                PixelScaling.Binary => value >= 128 ? 1 : 0,
                PixelScaling.Standard => (value - state.Mean[0]) / state.Deviation[0],
                _ => throw new ArgumentOutOfRangeException(nameof(state)),
            };
        }

        return table;
    }
}
