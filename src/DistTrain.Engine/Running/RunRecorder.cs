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
    private double _earlierSeconds;
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

    public double Seconds => _earlierSeconds + _clock.Seconds;

    public EvaluationMetrics? Test { get; private set; }

    /// <summary>Training starts, or goes on from a saved state, in the course of a run too.
    /// </summary>
    public void Begin(DiaryState? from)
    {
        History = from is null ? new TrainingHistory() : new TrainingHistory(from.History);
        _stopping = from is null
            ? new EarlyStopping(_task.Recipe.EarlyStopping)
            : new EarlyStopping(_task.Recipe.EarlyStopping, from.Stopping);
        Steps = from?.Steps ?? 0;
        if (from is not null && from.SamplesTrained > SamplesTrained)
        {
            // Trained in this run, at a node that is gone since.
            SamplesTrained = from.SamplesTrained;
            _earlierSeconds = from.Seconds - _clock.Seconds;
        }

        _clock.Start();
    }

    /// <summary>The diary as it is now.</summary>
    public DiaryState ToState() => new(Steps, Stopping, History.ToState())
    {
        SamplesTrained = SamplesTrained,
        Seconds = Seconds,
        Test = Test is null ? null : MetricsState.Of(Steps, Test),
        LastValidation = StateOf(_lastValidation),
        BestValidation = StateOf(_bestValidation),
    };

    /// <summary>Becomes a copy of the diary that another node keeps.</summary>
    public void Copy(DiaryState from)
    {
        Begin(from);
        _clock.Stop();
        SamplesTrained = from.SamplesTrained;
        _earlierSeconds = from.Seconds - _clock.Seconds;
        Test = from.Test?.ToMetrics();
        _lastValidation = MetricsOf(from.LastValidation);
        _bestValidation = MetricsOf(from.BestValidation);
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

    private static MetricsState? StateOf((long Version, EvaluationMetrics Metrics)? of) =>
        of is var (version, metrics) ? MetricsState.Of(version, metrics) : null;

    private static (long Version, EvaluationMetrics Metrics)? MetricsOf(MetricsState? of) =>
        of is null ? null : (of.Version, of.ToMetrics());

    /// <summary>What the validation set said about a version, if it is still known.</summary>
    public EvaluationMetrics? ValidationOf(long version) =>
        _bestValidation?.Version == version ? _bestValidation?.Metrics
        : _lastValidation?.Version == version ? _lastValidation?.Metrics
        : null;
}
