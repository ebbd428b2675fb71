using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What a run ended with.</summary>
public sealed record RunResult
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>Why, where it did not complete; one line.</summary>
    public string? Cause { get; init; }

    /// <summary>The bug behind <see cref="Cause"/>, if it is one.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Updates applied from the run's beginning, before a resume too.</summary>
    public required long Steps { get; init; }

    /// <summary>Updates behind <see cref="Parameters"/>: fewer than <see cref="Steps"/> where the
    /// best ones were restored.</summary>
    public required long Version { get; init; }

    public required TrainingHistory History { get; init; }

    /// <summary>Of <see cref="Parameters"/> on the validation set, where this run made it.
    /// </summary>
    public EvaluationMetrics? Validation { get; init; }

    /// <summary>Of <see cref="Parameters"/> on the test set.</summary>
    public EvaluationMetrics? Test { get; init; }

    /// <summary>The flat block, in public order; empty if the run ended before it had any.
    /// </summary>
    public required float[] Parameters { get; init; }

    /// <summary>SHA-256 of the parameters as little-endian binary32, in lower-case hex; empty
    /// like them.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Wall time from this run's first step to its last, with gather, shuffle, publishing
    /// and checkpoints, without loading, evaluation and reports.</summary>
    public required double Seconds { get; init; }

    /// <summary>Samples that this run trained on in that time, each as often as it was.</summary>
    public required long SamplesTrained { get; init; }

    public double SamplesPerSecond => Seconds > 0 ? SamplesTrained / Seconds : 0;

    /// <summary>Times that a worker failed and was restarted.</summary>
    public required int WorkersLost { get; init; }

    /// <summary>Path of <c>model.dtm</c>, if the run is complete and writes files.</summary>
    public string? SavedModel { get; init; }

    /// <summary>Path of the newest checkpoint that this run wrote.</summary>
    public string? LastCheckpoint { get; init; }
}
