using System.Diagnostics;
using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Times the steps of a run, from the first one after the warm-up, then stops the run.
/// </summary>
internal sealed class StepTiming(double seconds, CancellationTokenSource stop) : IRunObserver
{
    /// <summary>Part of a sample's time that is trained before it, uncounted.</summary>
    public const double WarmUp = 0.1;

    private long _began, _from, _fromStep;

    public double MicrosecondsPerStep { get; private set; } = double.NaN;

    public void OnStarted(RunStart start)
    {
    }

    public void OnStep(in StepProgress step)
    {
        long now = Stopwatch.GetTimestamp();
        if (_began == 0)
        {
            _began = now;
        }
        else if (_from == 0)
        {
            if (Stopwatch.GetElapsedTime(_began, now).TotalSeconds < WarmUp * seconds)
                return;
            (_from, _fromStep) = (now, step.Step);
        }
        else if (!stop.IsCancellationRequested
            && Stopwatch.GetElapsedTime(_from, now) is { } spent
            && spent.TotalSeconds >= seconds)
        {
            MicrosecondsPerStep = spent.TotalMicroseconds / (step.Step - _fromStep);
            stop.Cancel();
        }
    }

    public void OnEpoch(EpochRecord epoch)
    {
    }

    public void OnEvent(RunEvent runEvent)
    {
    }
}
