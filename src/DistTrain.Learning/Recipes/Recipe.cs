namespace DistTrain.Learning;

/// <summary>
/// Everything that defines the numbers of a run, complete and valid: equal recipes and equal data
/// give equal weights, bit for bit. How a run is executed (workers, threads, engine, folders) is
/// not here but in the run options.
/// </summary>
public sealed record Recipe
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public DataRecipe Data { get; init; } = new();

    /// <summary>Numbers in a sample, where the recipe states them; null takes the data's.</summary>
    public int? InputFeatures { get; init; }

    /// <summary>The dense layers after the input, first to last; at least one.</summary>
    public required IReadOnlyList<LayerRecipe> Layers { get; init; }

    public Loss Loss { get; init; } = Loss.CrossEntropy;

    public OptimizerRecipe Optimizer { get; init; } = new();

    /// <summary>Learning rate before the schedule; greater than 0.</summary>
    public double LearningRate { get; init; } = 0.001;

    public ScheduleRecipe Schedule { get; init; } = new();

    /// <summary>λ of the penalty λ/2 · Σw² over weights (not biases), added to the gradient.
    /// </summary>
    public double L2 { get; init; }

    /// <summary>Decoupled weight decay of AdamW on weights (not biases); 0 is none.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest Euclidean norm of the whole gradient; null does not clip.</summary>
    public double? ClipNorm { get; init; }

    public int Epochs { get; init; } = 10;

    /// <summary>Samples in a step; the last batch of an epoch may be shorter.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Samples in the fixed unit of work and of reduction.</summary>
    public int Microbatch { get; init; } = 16;

    public ModeRecipe Mode { get; init; } = new();

    public EarlyStoppingRecipe? EarlyStopping { get; init; }

    /// <summary>How gradients travel between processes; for the engine tcp.</summary>
    public GradientCompression Compression { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>The weights depend on recipe and data alone, to the last bit.</summary>
    public bool IsExact => Mode.IsExact && Compression == GradientCompression.None;
}
