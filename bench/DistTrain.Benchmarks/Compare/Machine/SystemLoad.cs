using System.Globalization;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// What else the processors did: programs beside ours before the run, and guests of the host
/// during it. Linux tells both; elsewhere nothing is known.
/// </summary>
internal sealed class SystemLoad
{
    private const string LoadFile = "/proc/loadavg", TimesFile = "/proc/stat";
    private const int StealField = 7;

    private readonly string? _loadBefore = File.Exists(LoadFile)
        ? File.ReadAllText(LoadFile).Split(' ')[0]
        : null;

    private readonly long[] _timesBefore = Times();

    /// <summary>One line for the report.</summary>
    public string Report()
    {
        if (_loadBefore is null || _timesBefore.Length <= StealField)
            return "unknown on this system";
        long[] spent = [.. Times().Zip(_timesBefore, (now, before) => now - before)];
        double stolen = 100.0 * spent[StealField] / Math.Max(1, spent.Sum());
        return $"load average before the run {_loadBefore}, "
            + $"{stolen:0.0} % of the time taken by other guests of the host";
    }

    /// <summary>Clock ticks since the start: user, nice, system, idle, iowait, irq, softirq,
    /// steal. What follows is counted in user already.</summary>
    private static long[] Times() => !File.Exists(TimesFile)
        ? []
        :
        [
            .. File.ReadLines(TimesFile).First()
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(StealField + 1)
                .Select(text => long.Parse(text, CultureInfo.InvariantCulture)),
        ];
}
