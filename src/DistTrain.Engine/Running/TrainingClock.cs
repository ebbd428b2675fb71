using System.Diagnostics;

namespace DistTrain.Engine;

/// <summary>Wall time of training: runs during steps and stands still during evaluations.</summary>
internal sealed class TrainingClock
{
    private long _startedAt;
    private bool _runs;

    /// <summary>Seconds that it ran.</summary>
    public double Seconds { get; private set; }

    public void Start()
    {
        _startedAt = Stopwatch.GetTimestamp();
        _runs = true;
    }

    /// <summary>Seconds since it was started or last read; it goes on if it runs.</summary>
    public double Lap()
    {
        if (!_runs)
        {
            return 0;
        }

        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_startedAt, now).TotalSeconds;
        _startedAt = now;
        Seconds += seconds;
        return seconds;
    }

    /// <summary>Like <see cref="Lap"/>, and it stands still.</summary>
    public double Stop()
    {
        double seconds = Lap();
        _runs = false;
        return seconds;
    }
}
