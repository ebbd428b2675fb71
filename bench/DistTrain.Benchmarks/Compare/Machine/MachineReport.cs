using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>The machine's own limits, for the head of the report.</summary>
internal sealed class MachineReport(MachineWatch watch)
{
    private static readonly int[] Megabytes = [4, 16, 64];

    private readonly List<double> _copies = [];
    private readonly SystemLoad _load = new();

    public void Measure(Action<string> progress)
    {
        progress("the machine");
        _copies.AddRange(Megabytes.Select(CopyBandwidth.Measure));
        watch.Read(withTwo: true);
    }

    public string Report()
    {
        MarkdownTable table = new("machine", "");
        table.Add(
            "processor", $"{MachineName.Processor}, {Environment.ProcessorCount} logical cores");
        table.Add("system", $"{Environment.OSVersion}, .NET {Environment.Version}");
        table.Add("our kernels", IsaNames.Format(IsaSupport.Best));
        table.Add($"FMA peak of a core, {FmaPeak.Lanes} lanes", Peaks());
        table.Add(
            $"copy, read + write, {string.Join(" / ", Megabytes)} MB",
            $"{string.Join(" / ", _copies.Select(Figures.Rate))} GB/s");
        table.Add("two threads", TwoThreads());
        table.Add(
            "a core is interrupted",
            Interruptions.Report(watch.Readings.Select(reading => reading.Interruptions)));
        table.Add("other work", _load.Report());
        return $"## Machine\n\n{table}";
    }

    private string Peaks()
    {
        double[] peaks = [.. watch.Readings.Select(reading => reading.OneGigaflops)];
        return $"{Spread(peaks, Figures.Rate)} GFLOP/s, the median of {peaks.Length} readings "
            + "through the run";
    }

    private string TwoThreads()
    {
        MachineReading[] readings = [.. watch.Readings.Where(reading => reading.Two is not null)];
        if (readings.Length == 0)
            return "one core";
        double[] handOffs = [.. readings.Select(r => r.Two!.Value.HandOffNanoseconds)];
        double[] gains = [.. readings.Select(r => r.Two!.Value.BothGigaflops / r.OneGigaflops)];
        int near = readings.Count(watch.IsNear);
        return $"hand-off {Spread(handOffs, Figures.Rate)} ns, FMA together "
            + $"{Spread(gains, Figures.Ratio)} × one's; {near} of {readings.Length} readings near "
            + "enough";
    }

    /// <summary>The median, and the ends.</summary>
    private static string Spread(double[] values, Func<double, string> show) =>
        $"{show(Median.Of(values))} ({show(values.Min())} … {show(values.Max())})";
}
