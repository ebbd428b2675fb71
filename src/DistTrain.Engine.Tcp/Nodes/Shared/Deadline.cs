using System.Diagnostics;

namespace DistTrain.Engine.Tcp;

/// <summary>A time that begins to run when it is first looked at.</summary>
internal sealed class Deadline(TimeSpan length)
{
    private long _began;

    public bool HasPassed
    {
        get
        {
            _began = _began == 0 ? Stopwatch.GetTimestamp() : _began;
            return Stopwatch.GetElapsedTime(_began) > length;
        }
    }

    /// <summary>It runs anew from the next look on.</summary>
    public void Reset() => _began = 0;
}
