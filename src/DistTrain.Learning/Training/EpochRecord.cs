namespace DistTrain.Learning;

/// <summary>What one epoch of training gave.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Steps">Updates applied from the run's beginning to this epoch's end.</param>
/// <param name="LearningRate">Of the epoch's last step.</param>
/// <param name="TrainLoss">Mean over the epoch's samples, as they were trained on.</param>
/// <param name="TrainAccuracy">Share of them, 0 to 1, whose largest output was their class.</param>
/// <param name="ValidationLoss">Null without a validation set.</param>
/// <param name="ValidationAccuracy">Null without a validation set.</param>
/// <param name="Seconds">Wall time of the epoch's steps; not reproducible.</param>
/// <param name="SamplesPerSecond">Samples trained ÷ <paramref name="Seconds"/>.</param>
public sealed record EpochRecord(
    int Epoch,
    long Steps,
    double LearningRate,
    double TrainLoss,
    double TrainAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double Seconds,
    double SamplesPerSecond);
