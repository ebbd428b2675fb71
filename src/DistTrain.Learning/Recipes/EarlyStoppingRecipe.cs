namespace DistTrain.Learning;

/// <summary>Stop when a metric has not improved for some epochs; the best weights are kept.
/// </summary>
/// <param name="Metric">What is watched, at each epoch's end.</param>
/// <param name="Patience">Epochs without improvement before the run stops, 1 or more.</param>
public sealed record EarlyStoppingRecipe(StoppingMetric Metric, int Patience = 5);

/// <summary>What early stopping watches, at each epoch's end.</summary>
public enum StoppingMetric
{
    TrainLoss,
    TrainAccuracy,
    ValidationLoss,
    ValidationAccuracy,
}
