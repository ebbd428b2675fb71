namespace DistTrain.Learning;

/// <summary>
/// What a range of microbatches tells about the loss: summed in the microbatch tree, so that it is
/// the same bits however the work was split.
/// </summary>
/// <param name="LossSum">Sum of the samples' losses, not yet divided by their number.</param>
/// <param name="Correct">Samples whose largest output is their class.</param>
/// <param name="Samples">Samples counted.</param>
public readonly record struct BatchMetrics(double LossSum, int Correct, int Samples)
{
    /// <summary>An inner node of the tree: left + right.</summary>
    public static BatchMetrics Combine(BatchMetrics left, BatchMetrics right) =>
        new(left.LossSum + right.LossSum, left.Correct + right.Correct,
            left.Samples + right.Samples);

    public double MeanLoss => LossSum / Samples;

    public double Accuracy => (double)Correct / Samples;
}
