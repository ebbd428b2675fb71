using System.Diagnostics;
using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>A moment of a run, as a person wants to see it.</summary>
/// <param name="Step">Updates applied.</param>
/// <param name="TotalSteps">Of the whole run; 0 before it has begun.</param>
/// <param name="Epoch">Under way, from 1.</param>
/// <param name="Epochs">Of the whole run.</param>
/// <param name="Loss">Mean since the epoch began; NaN before its first step.</param>
/// <param name="Accuracy">The same.</param>
/// <param name="SamplesPerSecond">Over the last moments.</param>
/// <param name="Workers">At work.</param>
/// <param name="Expected">Workers that there should be.</param>
/// <param name="Missing">Workers without which no step begins.</param>
internal readonly record struct ProgressView(
    long Step, long TotalSteps, int Epoch, int Epochs, double Loss, double Accuracy,
    double SamplesPerSecond, int Workers, int Expected, int Missing);

/// <summary>
/// Keeps count of a run while the engine's threads report it, so that the screen may look as
/// often as it likes and no step waits for the screen.
/// </summary>
/// <param name="epochs">Of the whole run.</param>
/// <param name="minWorkers">Processes that must come before a step; 0: workers are threads, there
/// from the beginning.</param>
internal sealed class RunProgress(int epochs, int minWorkers = 0) : IRunObserver
{
    /// <summary>The rate is measured over this long: shorter is restless, longer is late.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(0.5);

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private BatchMetrics _epochSum;
    private int _epoch;
    private long _steps;
    private long _totalSteps;
    private int _workers;
    private int _expected;
    private long _samples;
    private long _windowSamples;
    private TimeSpan _windowStart;
    private double _rate;

    /// <summary>Now; safe on any thread.</summary>
    public ProgressView View()
    {
        lock (_lock)
        {
            UpdateRate();
            return new ProgressView(_steps, _totalSteps, Math.Min(_epoch, epochs), epochs,
                _epochSum.MeanLoss, _epochSum.Accuracy, _rate, _workers, _expected,
                Math.Max(0, minWorkers - _workers));
        }
    }

    public void OnStarted(RunStart start)
    {
        lock (_lock)
        {
            _steps = start.FirstStep;
            _totalSteps = start.TotalSteps;
            _expected = start.Workers;
            _workers = minWorkers > 0 ? 0 : start.Workers;
            _epoch = (int)(start.FirstStep / start.StepsPerEpoch) + 1;
            _windowStart = _clock.Elapsed;
        }
    }

    public void OnStep(in StepProgress step)
    {
        lock (_lock)
        {
            _epochSum = step.Epoch == _epoch
                ? BatchMetrics.Combine(_epochSum, step.Metrics)
                : step.Metrics;
            _epoch = step.Epoch;
            _steps = step.Step;
            _workers = step.WorkersAlive;
            _samples += step.Metrics.Samples;
        }
    }

    public void OnEpoch(EpochRecord epoch)
    {
        // Written as a line above the bar, by another observer.
    }

    public void OnEvent(RunEvent runEvent)
    {
        int? workers = runEvent switch
        {
            WorkerJoinedRun joined => joined.Workers,
            WorkerLeftRun left => left.Workers,
            _ => null,
        };
        if (workers is { } alive)
        {
            lock (_lock)
            {
                _workers = alive;
            }
        }
    }

    private void UpdateRate()
    {
        var elapsed = _clock.Elapsed - _windowStart;
        if (elapsed >= RateWindow || _rate == 0)
        {
            _rate = (_samples - _windowSamples) / Math.Max(elapsed.TotalSeconds, 1e-3);
            _windowSamples = _samples;
            _windowStart = _clock.Elapsed;
        }
    }
}
