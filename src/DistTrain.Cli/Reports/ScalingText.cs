using System.Text;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>The scaling table in Markdown.</summary>
internal static class ScalingText
{
    // Columns of workers; the rest is simulated and stands in --json.
    private const int MostColumns = 6;

    public static string Format(ScalingInputs inputs, IReadOnlyList<ScalingPoint> points)
    {
        var text = new StringBuilder();
        AppendInputs(text, inputs);
        int[] columns = [.. Columns(inputs.Workers)];
        foreach (var mode in points.GroupBy(p => p.Mode))
        {
            text.Append($"\n### {TitleOf(mode.Key, inputs)}\n\n| network | Gbit/s | servers |")
                .AppendJoin("", columns.Select(workers => $" {workers:N0} |"))
                .Append(" half until | stops at | bound there |\n|---|--:|--:|")
                .AppendJoin("", columns.Select(_ => "--:|"))
                .Append("--:|--:|---|\n");
            var rows = mode.GroupBy(p => (p.Network, p.BandwidthGbits, p.ParameterServers));
            foreach (var row in rows)
            {
                AppendRow(text, [.. row], columns);
            }
        }

        return text.ToString().TrimEnd();
    }

    private static void AppendInputs(StringBuilder text, ScalingInputs inputs)
    {
        text.Append("| network | parameters | gradient of a sample | update of a parameter |\n")
            .Append("|---|--:|--:|--:|\n");
        foreach (ScalingNetwork network in inputs.Networks)
        {
            text.Append($"| {network.Name} | {network.Parameters:N0} | ")
                .Append($"{network.SampleNanos / 1000:F2} µs | {network.UpdateNanos:F3} ns |\n");
        }

        text.Append($"\nCombining: {inputs.CombineNanos:F3} ns a parameter and contribution. ")
            .Append($"A message: {inputs.MessageMicros} µs besides its bytes. ")
            .Append($"Latency: {inputs.LatencyMicros} µs. ")
            .Append($"Waking a thread: {inputs.WakeMicros} µs.\n");
    }

    private static void AppendRow(StringBuilder text, ScalingPoint[] row, int[] columns)
    {
        ScalingPoint first = row[0];
        text.Append($"| {first.Network.Name} | {first.BandwidthGbits} ")
            .Append($"| {first.ParameterServers} |");
        foreach (ScalingPoint point in row.Where(p => columns.Contains(p.Workers)))
        {
            text.Append($" {Short(point.StepsPerSecond)} · {Percent(point.Efficiency)} |");
        }

        ScalingPoint? half = row.TakeWhile(p => p.Efficiency >= 0.5).LastOrDefault();
        (ScalingPoint end, ScalingPoint? beyond) = EndOf(row);
        text.Append($" {(half is null ? "–" : $"{half.Workers:N0}")} |")
            .Append(beyond is null ? " – | – |\n" : $" {end.Workers:N0} | {BoundOf(beyond)} |\n");
    }

    /// <summary>The last point that adding workers has led to a gain, and the first beyond it.
    /// </summary>
    private static (ScalingPoint End, ScalingPoint? Beyond) EndOf(ScalingPoint[] row)
    {
        const double LeastGain = 1.1;
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i].SamplesPerSecond < LeastGain * row[i - 1].SamplesPerSecond)
            {
                return (row[i - 1], row[i]);
            }
        }

        return (row[^1], null);
    }

    private static string BoundOf(ScalingPoint point)
    {
        string goods = point.MessagePart > 0.5 ? "messages" : "bytes";
        string what = point.Bound switch
        {
            ScalingBound.WorkerComputes => "workers compute",
            ScalingBound.WorkerSends => $"workers send {goods}",
            ScalingBound.WorkerReceives => $"workers receive {goods}",
            ScalingBound.ServerComputes => "servers compute",
            ScalingBound.ServerSends => $"servers send {goods}",
            ScalingBound.ServerReceives => $"servers receive {goods}",
            _ => "latency",
        };
        return $"{what}, {100 * point.ShareOf(point.Bound):F0} %";
    }

    private static string TitleOf(ScalingMode mode, ScalingInputs inputs) => mode switch
    {
        ScalingMode.Strong => $"Strong scaling: {inputs.BatchSize:N0} samples a step",
        ScalingMode.Weak => $"Weak scaling: {inputs.SamplesPerWorker} samples a worker and step",
        _ => $"Local steps: rounds of {inputs.LocalSteps} steps of {inputs.SamplesPerWorker} "
            + "samples on each worker",
    };

    private static IEnumerable<int> Columns(IReadOnlyList<int> workers)
    {
        int stride = (workers.Count + MostColumns - 1) / MostColumns;
        return workers.Where((_, i) => i % stride == 0 || i == workers.Count - 1);
    }

    /// <summary>Three digits, two where it is small.</summary>
    private static string Short(double value) => value switch
    {
        >= 100 => $"{value:N0}",
        >= 10 => $"{value:F1}",
        _ => $"{value:F2}",
    };

    private static string Percent(double share) => share switch
    {
        >= 0.1 => $"{100 * share:F0} %",
        >= 0.01 => $"{100 * share:F1} %",
        _ => $"{100 * share:F2} %",
    };
}
