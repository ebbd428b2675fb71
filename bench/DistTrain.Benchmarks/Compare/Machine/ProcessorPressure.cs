using System.Diagnostics;
using System.Globalization;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// How long programs waited for a processor: Linux's pressure stall information. Short readings
/// between samples do not show it, because a thread that has just slept is let in front.
/// </summary>
internal readonly struct ProcessorPressure
{
    private const string PressureFile = "/proc/pressure/cpu", Total = "total=";

    private readonly long _waited, _at;

    private ProcessorPressure(long waited, long at) => (_waited, _at) = (waited, at);

    public static bool IsKnown { get; } = File.Exists(PressureFile);

    public static ProcessorPressure Now() => new(WaitedMicroseconds(), Stopwatch.GetTimestamp());

    /// <summary>Share of the time since then in which some program waited; 0 where the system
    /// does not tell.</summary>
    public double ShareUntilNow() =>
        (WaitedMicroseconds() - _waited) / Stopwatch.GetElapsedTime(_at).TotalMicroseconds;

    private static long WaitedMicroseconds()
    {
        if (!IsKnown)
            return 0;
        string some = File.ReadLines(PressureFile).First();
        int total = some.IndexOf(Total, StringComparison.Ordinal) + Total.Length;
        return long.Parse(some.AsSpan(total), CultureInfo.InvariantCulture);
    }
}
