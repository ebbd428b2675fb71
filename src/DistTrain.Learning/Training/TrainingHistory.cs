namespace DistTrain.Learning;

/// <summary>
/// The run so far: closed epochs, and the sums of the one under way. Steps are added in order, so
/// the losses are the same bits however the work was split, and a resumed run continues them.
/// </summary>
public sealed class TrainingHistory
{
    private readonly List<EpochRecord> _epochs = [];

    public TrainingHistory()
    {
    }

    /// <summary>Continues from what <see cref="ToState"/> gave.</summary>
    public TrainingHistory(HistoryState state)
    {
        _epochs.AddRange(state.Epochs);
        Running = state.Running;
        RunningSeconds = state.RunningSeconds;
    }

    public IReadOnlyList<EpochRecord> Epochs => _epochs;

    /// <summary>Sums over the steps of the epoch under way.</summary>
    public BatchMetrics Running { get; private set; }

    /// <summary>Wall time of those steps.</summary>
    public double RunningSeconds { get; private set; }

    /// <summary>Adds the next step.</summary>
    public void AddStep(BatchMetrics step) => Running = BatchMetrics.Combine(Running, step);

    /// <summary>Adds wall time spent on steps of the epoch under way.</summary>
    public void AddSeconds(double seconds) => RunningSeconds += seconds;

    /// <summary>Closes the epoch under way and returns its record.</summary>
    /// <param name="steps">Updates applied so far.</param>
    /// <param name="learningRate">Of the last step.</param>
    /// <param name="validation">Of the validation set, or null.</param>
    public EpochRecord CloseEpoch(
        long steps, double learningRate, EvaluationMetrics? validation)
    {
        var record = new EpochRecord(
            _epochs.Count + 1, steps, learningRate, Running.MeanLoss, Running.Accuracy,
            validation?.MeanLoss, validation?.Accuracy, RunningSeconds,
            RunningSeconds > 0 ? Running.Samples / RunningSeconds : 0);
        _epochs.Add(record);
        Running = default;
        RunningSeconds = 0;
        return record;
    }

    /// <summary>A copy to be saved.</summary>
    public HistoryState ToState() => new([.. _epochs], Running, RunningSeconds);
}

/// <summary>A <see cref="TrainingHistory"/> at rest.</summary>
public sealed record HistoryState(
    IReadOnlyList<EpochRecord> Epochs, BatchMetrics Running, double RunningSeconds);
