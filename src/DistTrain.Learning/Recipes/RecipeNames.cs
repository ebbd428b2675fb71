using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>Every word of a recipe that stands for a choice.</summary>
public static class RecipeNames
{
    public static readonly NameTable<PixelScaling> Pixels = new(
        (PixelScaling.Unit, "unit"),
        (PixelScaling.Binary, "binary"),
        (PixelScaling.Standard, "standard"));

    public static readonly NameTable<Activation> Activations = new(
        (Activation.Linear, "linear"),
        (Activation.Sigmoid, "sigmoid"),
        (Activation.Tanh, "tanh"),
        (Activation.Relu, "relu"),
        (Activation.LeakyRelu, "leaky_relu"),
        (Activation.Gelu, "gelu"),
        (Activation.Softmax, "softmax"));

    public static readonly NameTable<Initializer> Initializers = new(
        (Initializer.GlorotUniform, "glorot_uniform"),
        (Initializer.GlorotNormal, "glorot_normal"),
        (Initializer.HeUniform, "he_uniform"),
        (Initializer.HeNormal, "he_normal"),
        (Initializer.LecunUniform, "lecun_uniform"),
        (Initializer.LecunNormal, "lecun_normal"),
        (Initializer.Zeros, "zeros"));

    public static readonly NameTable<Loss> Losses = new(
        (Loss.CrossEntropy, "cross-entropy"),
        (Loss.BinaryCrossEntropy, "binary-cross-entropy"),
        (Loss.Sse, "sse"));

    public static readonly NameTable<OptimizerKind> Optimizers = new(
        (OptimizerKind.Sgd, "sgd"),
        (OptimizerKind.Momentum, "momentum"),
        (OptimizerKind.Adam, "adam"),
        (OptimizerKind.AdamW, "adamw"));

    public static readonly NameTable<ScheduleKind> Schedules = new(
        (ScheduleKind.Constant, "constant"),
        (ScheduleKind.Step, "step"),
        (ScheduleKind.Exponential, "exponential"),
        (ScheduleKind.Cosine, "cosine"));

    public static readonly NameTable<StoppingMetric> Metrics = new(
        (StoppingMetric.ValidationLoss, "validation-loss"),
        (StoppingMetric.ValidationAccuracy, "validation-accuracy"),
        (StoppingMetric.TrainLoss, "train-loss"),
        (StoppingMetric.TrainAccuracy, "train-accuracy"));

    public static readonly NameTable<EngineKind> Engines = new(
        (EngineKind.Local, "local"),
        (EngineKind.Tcp, "tcp"),
        (EngineKind.Akka, "akka"));

    public static readonly NameTable<GradientCompression> Compressions = new(
        (GradientCompression.None, "none"),
        (GradientCompression.Bfloat16, "bf16"),
        (GradientCompression.Binary16, "fp16"));

    /// <summary>"auto" stands beside these where a choice may be left to the program.</summary>
    public static readonly NameTable<Isa> Isas = new(
        (Isa.Avx512, "avx512"),
        (Isa.Avx2, "avx2"),
        (Isa.V128, "v128"),
        (Isa.Scalar, "scalar"));
}
