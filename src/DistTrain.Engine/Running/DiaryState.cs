using System.Text.Json;
using System.Text.Json.Serialization;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// The run's diary where it stands: what a checkpoint keeps of it, and, while the run lasts, what
/// its end reports besides. As JSON it goes from the node of slice 0 to the coordinator's.
/// </summary>
/// <param name="Steps">Updates applied from the run's beginning.</param>
/// <param name="Stopping">Early stopping's state.</param>
/// <param name="History">The epochs so far.</param>
internal sealed record DiaryState(long Steps, EarlyStoppingState Stopping, HistoryState History)
{
    /// <summary>Of the JSON: a few hundred bytes an epoch, and the counts of three confusion
    /// matrices.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Samples that this run trained on, each as often as it was.</summary>
    public long SamplesTrained { get; init; }

    /// <summary>Wall time of training.</summary>
    public double Seconds { get; init; }

    /// <summary>Of the final parameters; null: not evaluated yet.</summary>
    public MetricsState? Test { get; init; }

    /// <summary>The newest of the validation set.</summary>
    public MetricsState? LastValidation { get; init; }

    /// <summary>The best of the validation set.</summary>
    public MetricsState? BestValidation { get; init; }

    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(this, DiaryJson.Default.DiaryState);

    /// <exception cref="JsonException">Not such a text.</exception>
    public static DiaryState Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, DiaryJson.Default.DiaryState)
            ?? throw new JsonException("null");
}

/// <summary>The metrics of an evaluation, and of which version they are.</summary>
/// <param name="Version">Updates applied.</param>
/// <param name="Classes">Outputs of the network.</param>
/// <param name="LossSum">Sum of the samples' losses.</param>
/// <param name="Confusion">(classes, classes): row the true class, column the predicted.</param>
internal sealed record MetricsState(long Version, int Classes, double LossSum, int[] Confusion)
{
    public static MetricsState Of(long version, EvaluationMetrics metrics) =>
        new(version, metrics.Classes, metrics.LossSum, [.. metrics.ConfusionMatrix]);

    public EvaluationMetrics ToMetrics() => new(Classes, LossSum, Confusion);
}

/// <summary>Code that the compiler makes: no type is looked up by name.</summary>
// A diverged loss is a legitimate number of the history.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(DiaryState))]
internal sealed partial class DiaryJson : JsonSerializerContext;
