namespace DistTrain.Learning;

/// <summary>Which data, which part of it, and how its numbers are prepared.</summary>
public sealed record DataRecipe
{
    /// <summary>A known name (digits, mnist, fashion-mnist), a directory or a file.</summary>
    public string Source { get; init; } = "digits";

    /// <summary>Train on the first so many samples; null takes all.</summary>
    public int? TrainLimit { get; init; }

    /// <summary>Test on the first so many samples; null takes all.</summary>
    public int? TestLimit { get; init; }

    public PixelScaling Pixels { get; init; } = PixelScaling.Unit;

    /// <summary>Share of the training samples, the last ones before shuffling; 0 is none.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>Factor on the loss of each class, by class; null weighs all 1.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }
}

/// <summary>How the numbers of a sample become the inputs of the first layer.</summary>
public enum PixelScaling
{
    /// <summary>byte / 255; numbers that are not bytes stay as they are.</summary>
    Unit,

    /// <summary>1 where byte ≥ 128, else 0.</summary>
    Binary,

    /// <summary>(x − mean) / standard deviation, measured on the training samples.</summary>
    Standard,
}
