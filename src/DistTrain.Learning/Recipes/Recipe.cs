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

    /// <summary>λ of the penalty λ/2 · Σw² over weights (not biases), added to the gradient.</summary>
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

    public EarlyStoppingRecipe? EarlyStopping { get; init; }

    public ulong Seed { get; init; } = 1;
}

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

/// <summary>One dense layer and the dropout behind its activation.</summary>
/// <param name="Units">Outputs of the layer, 1 or more.</param>
/// <param name="Activation">Applied to the weighted sums.</param>
/// <param name="Dropout">Probability of zeroing an output while training, in [0, 1).</param>
/// <param name="Init">How the weights start; biases start at 0.</param>
public sealed record LayerRecipe(
    int Units,
    Activation Activation = Activation.Linear,
    double Dropout = 0,
    Initializer Init = Initializer.GlorotUniform);

public enum Activation
{
    Linear,
    Sigmoid,
    Tanh,
    Relu,
    LeakyRelu,
    Gelu,
    Softmax,
}

/// <summary>Starting distributions, as in Keras: normals are truncated at two deviations.</summary>
public enum Initializer
{
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
    Zeros,
}

public enum Loss
{
    /// <summary>Of the softmax of the logits against the class; the last layer is softmax.</summary>
    CrossEntropy,

    /// <summary>Mean over outputs; the last layer is sigmoid.</summary>
    BinaryCrossEntropy,

    /// <summary>Sum of squared errors over the outputs, against a one-hot target.</summary>
    Sse,
}

public enum OptimizerKind
{
    Sgd,
    Momentum,
    Adam,
    AdamW,
}

/// <summary>An optimizer and its constants; those it does not use are ignored.</summary>
public sealed record OptimizerRecipe
{
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    /// <summary>Of momentum: v = μ·v + g, w −= lr·v.</summary>
    public double Momentum { get; init; } = 0.9;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;
}

public enum ScheduleKind
{
    Constant,
    Step,
    Exponential,
    Cosine,
}

/// <summary>How the learning rate changes with the steps taken.</summary>
public sealed record ScheduleRecipe
{
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>Step: the rate is multiplied by <see cref="Factor"/> every so many epochs.</summary>
    public int EveryEpochs { get; init; } = 10;

    /// <summary>Step: factor at each drop. Exponential: factor an epoch, applied each step.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Cosine: the rate at the end, as a share of the starting rate.</summary>
    public double FinalShare { get; init; }

    /// <summary>Steps over which the rate grows linearly from 0 first; 0 is none.</summary>
    public int WarmupSteps { get; init; }
}

/// <summary>Stop when a metric has not improved for some epochs; the best weights are kept.</summary>
/// <param name="Metric">What is watched, at each epoch's end.</param>
/// <param name="Patience">Epochs without improvement before the run stops, 1 or more.</param>
public sealed record EarlyStoppingRecipe(StoppingMetric Metric, int Patience = 5);

public enum StoppingMetric
{
    TrainLoss,
    TrainAccuracy,
    ValidationLoss,
    ValidationAccuracy,
}
