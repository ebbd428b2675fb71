namespace DistTrain.Learning;

/// <summary>
/// Judges each epoch: is it the best so far, and has it been too long since the best one? As
/// Keras: an improvement is strict, and NaN never is one.
/// </summary>
public sealed class EarlyStopping
{
    private readonly EarlyStoppingRecipe? _recipe;

    /// <param name="recipe">Null never stops and calls no epoch the best.</param>
    /// <param name="state">Continues from a saved state.</param>
    public EarlyStopping(EarlyStoppingRecipe? recipe, EarlyStoppingState? state = null)
    {
        _recipe = recipe;
        State = state ?? new EarlyStoppingState(null, 0);
    }

    public EarlyStoppingState State { get; private set; }

    /// <summary>Takes up one more epoch.</summary>
    public EpochJudgement Judge(EpochRecord epoch)
    {
        if (_recipe is null)
        {
            return new EpochJudgement(Improved: false, Stop: false);
        }

        double value = ValueOf(epoch);
        bool improved = State.Best is { } best ? IsBetter(value, best) : !double.IsNaN(value);
        State = improved
            ? new EarlyStoppingState(value, 0)
            : State with { EpochsSinceBest = State.EpochsSinceBest + 1 };
        return new EpochJudgement(improved, State.EpochsSinceBest >= _recipe.Patience);
    }

    private bool IsBetter(double value, double best) => LowerIsBetter ? value < best : value > best;

    private bool LowerIsBetter =>
        _recipe!.Metric is StoppingMetric.TrainLoss or StoppingMetric.ValidationLoss;

    private double ValueOf(EpochRecord epoch) => _recipe!.Metric switch
    {
        StoppingMetric.TrainLoss => epoch.TrainLoss,
        StoppingMetric.TrainAccuracy => epoch.TrainAccuracy,
        StoppingMetric.ValidationLoss => epoch.ValidationLoss ?? double.NaN,
        _ => epoch.ValidationAccuracy ?? double.NaN,
    };
}

/// <summary>What an epoch means for the run.</summary>
/// <param name="Improved">Its parameters are the best so far and are to be kept.</param>
/// <param name="Stop">The patience is used up.</param>
public readonly record struct EpochJudgement(bool Improved, bool Stop);

/// <summary>Early stopping at rest.</summary>
/// <param name="Best">Best value of the metric; null: none yet.</param>
/// <param name="EpochsSinceBest">Epochs judged since then.</param>
public sealed record EarlyStoppingState(double? Best, int EpochsSinceBest);
