namespace DistTrain.Learning;

/// <summary>One key of a recipe and the command-line option of the same meaning.</summary>
/// <param name="Key">In the JSON, camelCase.</param>
/// <param name="Option">On the command line, or null where there is none.</param>
/// <param name="ValueName">What stands for the value in --help.</param>
/// <param name="Help">One line for --help.</param>
/// <param name="IsRunning">True where it says how to run, false where it defines the numbers.
/// </param>
public sealed record RecipeField(
    string Key, string? Option, string ValueName, string Help, bool IsRunning = false);

/// <summary>All keys, in the order in which they are documented and written.</summary>
public static class RecipeFields
{
    public static readonly IReadOnlyList<RecipeField> All =
    [
        new("name", null, "TEXT", "What the run is called"),
        new("description", null, "TEXT", "What it is for"),
        new("data", "--data", "NAME|DIR|FILE",
            "digits, mnist, fashion-mnist, a directory of IDX files, or a CSV with labels first"),
        new("dataLimit", "--data-limit", "N[,M]",
            "The first N samples to train, the first M to test"),
        new("pixels", "--pixels", "unit|binary|standard", "How the numbers of a sample are scaled"),
        new("validationSplit", "--validation-split", "SHARE",
            "Share of the training samples, the last ones, kept for validation"),
        new("classWeights", "--class-weights", "W,W,…", "Factor on the loss of each class"),
        new("inputFeatures", null, "N", "Numbers in a sample, where the layers do not say it"),
        new("layers", "--layers", "TEXT",
            "Inputs, then layers: 784-128:relu-dropout:0.1-10:softmax"),
        new("init", "--init", "NAME",
            "Starting weights: glorot_, he_ or lecun_ and uniform or normal, or zeros"),
        new("seed", "--seed", "N", "Seed of everything random"),
        new("loss", "--loss", "NAME", "cross-entropy, binary-cross-entropy or sse"),
        new("optimizer", "--optimizer", "NAME[:KEY=V,…]",
            "sgd, momentum, adam or adamw; adam:beta1=0.9,epsilon=1e-7 sets its constants"),
        new("learningRate", "--learning-rate", "RATE", "Learning rate before the schedule"),
        new("schedule", "--schedule", "NAME[:KEY=V,…]",
            "constant, step, exponential or cosine; cosine:finalShare=0.1,warmupSteps=200"),
        new("l2", "--l2", "LAMBDA", "Penalty λ/2·Σw² on the weights"),
        new("weightDecay", "--weight-decay", "RATE", "Decoupled weight decay, of adamw"),
        new("clipNorm", "--clip-norm", "NORM", "Largest norm of the whole gradient"),
        new("epochs", "--epochs", "N", "Passes over the training data"),
        new("batchSize", "--batch-size", "N", "Samples in a step"),
        new("microbatch", "--microbatch", "N", "Samples in a unit of work; part of the result"),
        new("mode", "--mode", "sync|local-steps:H|stale:B",
            "Agree on the weights in every step, or after H steps of each replica, or on gradients "
                + "up to B versions old (not exact; inf: as many as workers)"),
        new("replicas", "--replicas", "R",
            "Logical replicas of local-steps (default 4), whatever the number of workers"),
        new("outerLearningRate", "--outer-learning-rate", "RATE",
            "Of the step of local-steps on the replicas' mean (default 0.7)"),
        new("outerMomentum", "--outer-momentum", "SHARE",
            "Nesterov's, of that step (default 0.9)"),
        new("earlyStopping", "--early-stopping", "METRIC[,PATIENCE]",
            "Stop when the metric (validation-loss, …) has not improved for so many epochs"),
        new("compress", "--compress", "none|bf16|fp16",
            "Gradients between processes in 16 bits: half the bytes, not exact"),
        new("engine", "--engine", "local|tcp",
            "Threads of this process, or a head and worker processes on this machine", true),
        new("workers", "--workers", "N", "Workers (default: one a core)", true),
        new("minWorkers", "--min-workers", "N", "Do not train with fewer (default 1)", true),
        new("threads", "--threads", "N",
            "Most compute threads of a process (default: one a core)", true),
        new("parameterServers", "--parameter-servers", "N",
            "Slices of the parameters (default: one a thread)", true),
        new("isa", "--isa", "NAME", "auto, avx512, avx2, v128 or scalar: same bits", true),
        new("checkpointEvery", "--checkpoint-every", "STEPS",
            "Steps between checkpoints (default: one epoch)", true),
        new("keep", "--keep", "N", "Checkpoints to keep (default 3)", true),
    ];

    /// <summary>The one key of a file that means nothing to us: editors look for it.</summary>
    public const string SchemaKey = "$schema";
}
