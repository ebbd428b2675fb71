using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>Everything that is told about a run when it has ended, in whatever form.</summary>
internal sealed record RunSummary
{
    public required Recipe Recipe { get; init; }

    /// <summary>The recipe with every field explicit, and how it was run.</summary>
    public required string ResolvedJson { get; init; }

    public required string Dataset { get; init; }

    public required int TrainSamples { get; init; }

    public required int ValidationSamples { get; init; }

    public required int TestSamples { get; init; }

    public required ParameterLayout Layout { get; init; }

    /// <summary>One word: completed, interrupted or failed.</summary>
    public required string Outcome { get; init; }

    public required long Steps { get; init; }

    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>Of the final parameters; null without such a set, or when cut short.</summary>
    public EvaluationMetrics? Validation { get; init; }

    public EvaluationMetrics? Test { get; init; }

    public required string WeightsSha256 { get; init; }

    public required string Isa { get; init; }

    public required string Engine { get; init; }

    public required int Workers { get; init; }

    public required int WorkersLost { get; init; }

    public required int ParameterServers { get; init; }

    public required int Threads { get; init; }

    public required string Version { get; init; }

    public required RunFolder Folder { get; init; }

    public double? TrainLoss => History.Count > 0 ? History[^1].TrainLoss : null;

    public double? TrainAccuracy => History.Count > 0 ? History[^1].TrainAccuracy : null;

    public double? ValidationLoss => Validation?.MeanLoss
        ?? (History.Count > 0 ? History[^1].ValidationLoss : null);

    public double? ValidationAccuracy => Validation?.Accuracy
        ?? (History.Count > 0 ? History[^1].ValidationAccuracy : null);

    /// <summary>What the confusion matrix is drawn of: test data where there are some.</summary>
    public EvaluationMetrics? Judged => Test ?? Validation;

    public string JudgedName => Test is not null ? "test" : "validation";
}
