using System.Globalization;
using DistTrain.Benchmarks.Compare;
using DistTrain.Engine;
using DistTrain.Learning;

namespace DistTrain.Benchmarks.Threads;

/// <summary>
/// threads: one process with 1, 2, 4, … threads, trained by a team and by actors, in alternation.
/// </summary>
internal static class ThreadsCommand
{
    private const string Usage =
        "threads [--rounds N] [--seconds S] [--row N] [--batch N] [--out FILE]";

    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        int rounds = 3;
        double seconds = 0.5;
        int? only = null, batch = null;
        string? output = null;
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--rounds" when int.TryParse(value, out rounds) && rounds is > 0 and < 1000:
                    break;
                case "--seconds" when double.TryParse(
                    value, CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and < 600:
                    break;
                case "--row" when int.TryParse(value, out int row)
                    && row >= 0 && row < Network.All.Count:
                    only = row;
                    break;
                case "--batch" when int.TryParse(value, out int size) && size is > 0 and < 60_000:
                    batch = size;
                    break;
                case "--out" when value is not null:
                    output = value;
                    break;
                default:
                    Console.Error.WriteLine($"error: {arguments[i]}\n{Usage}");
                    return 2;
            }
        }

        IEnumerable<Network> networks = Network.All
            .Where((_, index) => only is null || index == only)
            .Select(network => batch is { } size ? network with { BatchSize = size } : network);
        string report = Report([.. networks], rounds, seconds);
        Console.Write(report);
        if (output is not null)
            File.WriteAllText(output, report);
        return 0;
    }

    private static string Report(Network[] networks, int rounds, double seconds)
    {
        DataSplit data = StepData.Dense();
        MarkdownTable table = new(
            "network", "batch", "threads", "team, µs a step", "actors, µs a step",
            "actors ÷ team", "faster ÷ 1 thread", "samples a second");
        foreach (Network network in networks)
        {
            double alone = double.NaN;
            foreach (int threads in ThreadCounts())
            {
                Console.Error.WriteLine($"… {network.Name}, {threads} threads");
                (double team, double actors) = Measure(network, data, threads, rounds, seconds);
                double best = double.IsNaN(team) ? actors : Math.Min(team, actors);
                alone = threads == 1 ? best : alone;
                table.Add(
                    network.Name, $"{network.BatchSize}", $"{threads}",
                    Figures.Microseconds(team), Figures.Microseconds(actors),
                    Figures.Ratio(actors / team), Figures.Times(alone / best),
                    Figures.Rate(network.BatchSize / best * 1e6));
            }
        }

        return $"""
            # Threads of one process

            {DateTime.UtcNow:yyyy-MM-dd}, {MachineName.Processor},
            {Environment.ProcessorCount} logical cores. Medians of {rounds} samples of
            {seconds} s of each cell, taken in alternation; dense data.

            {table}
            """;
    }

    /// <summary>1, 2, 4, … and the number of cores.</summary>
    private static IEnumerable<int> ThreadCounts()
    {
        for (int threads = 1; threads < Environment.ProcessorCount; threads *= 2)
            yield return threads;
        yield return Environment.ProcessorCount;
    }

    private static (double Team, double Actors) Measure(
        Network network, DataSplit data, int threads, int rounds, double seconds)
    {
        List<double> team = [], actors = [];

        // The first sample of each compiles, and does not count.
        for (int round = -1; round < rounds; round++)
        {
            if (round == 0)
            {
                team.Clear();
                actors.Clear();
            }

            TrainingTask task = network.TaskOn(data, Math.Max(round, 0));
            RunOptions options = new() { Workers = threads, Threads = threads };
            bool hasTeam = LocalEngine.TeamMembers(task, options) > 0;

            // Cores are not alike, and new threads come to them in turn.
            foreach (bool usesTeam in (bool[])(round % 2 == 0 ? [true, false] : [false, true]))
            {
                if (hasTeam || !usesTeam)
                {
                    (usesTeam ? team : actors).Add(
                        EngineLoop.Sample(task, threads, seconds, usesTeam));
                }
            }
        }

        return (Median.Of(team), Median.Of(actors));
    }
}
