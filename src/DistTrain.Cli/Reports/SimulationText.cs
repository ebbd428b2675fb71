using System.Text;
using DistTrain.Protocol;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>What simulations came to, for people.</summary>
internal static class SimulationText
{
    private const double MicrosPerSecond = 1e6;
    private const double SecondsPerHour = 3600;
    private const double TicksPerSecond = 1000.0 / ProtocolTicks.Milliseconds;

    /// <summary>One line under a transcript.</summary>
    public static string EndOf(SeedResult result) => result.Failure is { } failure
        ? $"FAILED  {failure.Message}"
        : $"ok  {result.Steps} steps on {result.Nodes} nodes, {result.Slices} slices, "
            + $"{result.EffectiveFaults} faults with an effect, "
            + $"{result.VirtualMicros / MicrosPerSecond:F1} s: version {result.FinalVersion}, "
            + $"{result.FinalHash}, as without faults";

    public static string Summary(SweepSummary summary, double seconds)
    {
        double hours = summary.VirtualMicros / MicrosPerSecond / SecondsPerHour;
        double recovery = summary.WorstRecoveryTicks / TicksPerSecond;
        var text = new StringBuilder();
        text.Append($"seeds           {summary.FirstSeed} … ")
            .Append($"{summary.FirstSeed + summary.Seeds - 1}: {summary.Seeds:N0} in ")
            .Append($"{seconds:F1} s, {summary.Failed.Count:N0} failed\n")
            .Append($"simulated       {hours:F1} hours, {summary.Steps:N0} steps, ")
            .Append($"{summary.Events:N0} events\n")
            .Append($"worst recovery  {summary.WorstRecoveryTicks} ticks ({recovery:F2} s), ")
            .Append($"seed {summary.WorstRecoverySeed}\n")
            .Append($"under way       {summary.MostInFlight:N0} messages at most\n")
            .Append($"lost a slice and the coordinator  {Share(summary.LostBoth, summary)}\n")
            .Append($"rolled back                       {Share(summary.RolledBack, summary)}\n");
        AppendFaults(text, summary);
        Append(text, "nodes", summary.NodesOfSeeds);
        Append(text, "slices", summary.SlicesOfSeeds);
        Append(text, "steps", summary.StepsOfSeeds);
        Append(text, "faults that had an effect", summary.FaultsOfSeeds);
        foreach (SeedResult failed in summary.Failed.Take(10))
        {
            text.Append($"FAILED seed {failed.Seed}: {failed.Failure!.Message}\n");
        }

        return text.ToString().TrimEnd();
    }

    private static string Share(int count, SweepSummary summary) =>
        $"{count:N0} seeds, {100.0 * count / Math.Max(1, summary.Seeds):F0} %";

    private static void AppendFaults(StringBuilder text, SweepSummary summary)
    {
        text.Append("fault                  injected  with an effect\n");
        foreach ((string kind, int count) in summary.Injected)
        {
            int effective = summary.Effective.GetValueOrDefault(kind);
            text.Append($"  {kind,-20} {count,8:N0}  {effective,14:N0}\n");
        }
    }

    private static void Append(StringBuilder text, string name, Histogram histogram)
    {
        text.Append($"{name}, each seed: least {histogram.Quantile(0)}, ")
            .Append($"median {histogram.Median}, most {histogram.Quantile(100)}\n");
        int step = Math.Max(1, (histogram.Quantile(100) + 9) / 10);
        foreach (var bin in histogram.Counts.GroupBy(pair => pair.Key / step))
        {
            int count = bin.Sum(pair => pair.Value);
            int width = (int)Math.Ceiling(50.0 * count / histogram.Total);
            string range = step == 1
                ? $"{bin.Key}"
                : $"{bin.Key * step}–{(bin.Key * step) + step - 1}";
            text.Append($"  {range,7} {count,8:N0} {new string('#', width)}\n");
        }
    }
}
