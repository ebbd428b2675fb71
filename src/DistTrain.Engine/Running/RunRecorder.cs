using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// The run's diary, kept by the engine of slice 0: metrics of each step in order, epochs, early
/// stopping, time. Not safe for several threads; that actor alone has it while the run goes on.
/// </summary>
internal sealed class RunRecorder
{
    private readonly TrainingTask _task;
    private readonly IRunObserver _observer;
    private readonly TrainingClock _clock = new();
    private EarlyStopping _stopping;
    private (long Version, EvaluationMetrics Metrics)? _lastValidation;
    private (long Version, EvaluationMetrics Metrics)? _bestValidation;

    public RunRecorder(TrainingTask task, IRunObserver observer)
    {
        _task = task;
        _observer = observer;
        _stopping = new EarlyStopping(task.Recipe.EarlyStopping);
    }

    public TrainingHistory History { get; private set; } = new();

    public EarlyStoppingState Stopping => _stopping.State;

    /// <summary>Updates applied, before a resume too.</summary>
    public long Steps { get; private set; }

    public long SamplesTrained { get; private set; }

    public double Seconds => _clock.Seconds;

    public EvaluationMetrics? Test { get; private set; }

    /// <summary>Training starts, or goes on from a saved state, in the course of a run too.
    /// </summary>
    public void Begin(SavedState? from)
    {
        History = from is null ? new TrainingHistory() : new TrainingHistory(from.History);
        _stopping = from is null
            ? new EarlyStopping(_task.Recipe.EarlyStopping)
            : new EarlyStopping(_task.Recipe.EarlyStopping, from.Stopping);
        Steps = from?.Version ?? 0;

        _clock.Start();
    }

    /// <summary>What is known of the epoch that ends at <paramref name="version"/>.</summary>
    public EpochVerdict VerdictAt(long version)
    {
        if (History.Epochs.Count < version / _task.Steps.StepsPerEpoch)
        {
            return EpochVerdict.Open;
        }

        return Stopping.EpochsSinceBest >= _task.Recipe.EarlyStopping?.Patience
            ? EpochVerdict.Stop
            : EpochVerdict.Continue;
    }

    public void AddStep(long step, BatchMetrics metrics, int workersAlive)
    {
        History.AddStep(metrics);
        Steps = step + 1;
        SamplesTrained += metrics.Samples;
        bool endsEpoch = Steps % _task.Steps.StepsPerEpoch == 0;
        History.AddSeconds(endsEpoch ? _clock.Stop() : _clock.Lap());
        _observer.OnStep(new StepProgress(
            Steps, _task.Steps.EpochOf(step) + 1, metrics, workersAlive));
    }

    /// <summary>The epoch that ends at <paramref name="version"/> is evaluated.</summary>
    /// <param name="version">Updates applied.</param>
    /// <param name="validation">Null without a validation set.</param>
    public EpochJudgement CloseEpoch(long version, EvaluationMetrics? validation)
    {
        double rate = _task.Steps.RateAt(version - 1);
        EpochRecord epoch = History.CloseEpoch(version, rate, validation);
        EpochJudgement judgement = _stopping.Judge(epoch);
        if (validation is not null)
        {
            _lastValidation = (version, validation);
            _bestValidation = judgement.Improved ? _lastValidation : _bestValidation;
        }

        _observer.OnEpoch(epoch);
        _clock.Start();
        return judgement;
    }

    public void AddTest(EvaluationMetrics test) => Test = test;

    /// <summary>What the validation set said about a version, if it is still known.</summary>
    public EvaluationMetrics? ValidationOf(long version) =>
        _bestValidation?.Version == version ? _bestValidation?.Metrics
        : _lastValidation?.Version == version ? _lastValidation?.Metrics
        : null;
}
