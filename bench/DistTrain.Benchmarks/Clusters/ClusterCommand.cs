using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DistTrain.Benchmarks.Compare;

namespace DistTrain.Benchmarks.Clusters;

/// <summary>
/// cluster: a head and two worker processes on this machine beside one process of ours with two
/// threads and beside PyTorch's DistributedDataParallel with two processes, in alternation; each
/// process of a cluster has one thread to compute with.
/// </summary>
internal static class ClusterCommand
{
    private const double PeerSeconds = 4;
    private const string Usage = "cluster [--rounds N] [--row N] [--akka yes] [--out FILE]";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // DDP's processes wait for each other for ever now and then; a sample takes 10 s.
    private static readonly TimeSpan PeerPatience = TimeSpan.FromMinutes(1);

    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        int rounds = 3;
        int? only = null;
        bool akka = false;
        string? output = null;
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--rounds" when int.TryParse(value, out rounds) && rounds is > 0 and < 1000:
                    break;
                case "--row" when int.TryParse(value, out int row)
                    && row >= 0 && row < ClusterRow.All.Count:
                    only = row;
                    break;
                case "--akka" when value == "yes":
                    akka = true;
                    break;
                case "--out" when value is not null:
                    output = value;
                    break;
                default:
                    Console.Error.WriteLine($"error: {arguments[i]}\n{Usage}");
                    return 2;
            }
        }

        ClusterRow[] rows =
            [.. ClusterRow.All.Where((_, index) => only is null || index == only)];
        string? absence = Measure(rows, rounds, akka);
        string report = Report(rows, rounds, absence);
        Console.Write(report);
        if (output is not null)
            File.WriteAllText(output, report);
        return 0;
    }

    /// <summary>Of a process at most. Two workers have one each on two cores, and the head may use
    /// both while they wait for it; where there are more cores, each process has one.</summary>
    private static string Threads => Environment.ProcessorCount < 4 ? "2" : "1";

    private static string? Measure(ClusterRow[] rows, int rounds, bool akka)
    {
        string? absence = null;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("disttrain-cluster-");
        try
        {
            DenseFiles.Write(folder.FullName);
            for (int round = 0; round < rounds; round++)
            {
                foreach (ClusterRow row in rows)
                {
                    Console.Error.WriteLine(
                        $"… round {round + 1}: {row.Network.Name}, batch {row.BatchSize}");
                    MeasureOurs(
                        row, folder.FullName, ["cluster", "--threads", Threads], row.Cluster);
                    if (akka)
                    {
                        MeasureOurs(
                            row, folder.FullName,
                            ["cluster", "--threads", Threads, "--engine", "akka"], row.Akka);
                    }

                    if (absence is null && Peer(row, keepsMemory: true, out absence) is { } peer)
                        row.Peer.Add(peer);
                    if (absence is null && Peer(row, keepsMemory: false, out absence) is { } other)
                        row.PeerAsInstalled.Add(other);
                    MeasureOurs(
                        row, folder.FullName, ["train", "--threads", "2"], row.Single);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return absence;
    }

    private static void MeasureOurs(
        ClusterRow row, string folder, string[] command, List<double> rates)
    {
        string run = Path.Combine(folder, "run");
        long before = LoopbackBytes();
        string json = Output(
            "dotnet",
            [
                OurProgram.TryFind()?.Assembly
                    ?? throw new InvalidOperationException("The program is not built."),
                .. command, "--workers", "2", "--min-workers", "2", "--data", folder,
                "--layers", row.Layers, "--batch-size", $"{row.BatchSize}",
                "--epochs", $"{row.Epochs}", "--out", run, "--json", "--quiet",
            ],
            keepsMemory: false, Patience);
        long bytes = LoopbackBytes() - before;
        using JsonDocument result = JsonDocument.Parse(json);
        rates.Add(WarmRate(result.RootElement.GetProperty("history")));
        if (rates == row.Cluster)
        {
            double steps = result.RootElement.GetProperty("steps").GetInt64();
            row.Wire.Add(bytes / (steps * 2 * 2 * sizeof(float) * row.Network.Parameters));
        }

        Directory.Delete(run, recursive: true);
    }

    /// <summary>Samples a second of all epochs but the first, which compiles; the peer's first
    /// tenth does not count either.</summary>
    private static double WarmRate(JsonElement history)
    {
        double samples = 0, seconds = 0;
        foreach (JsonElement epoch in history.EnumerateArray().Skip(1))
        {
            double spent = epoch.GetProperty("seconds").GetDouble();
            samples += epoch.GetProperty("samplesPerSecond").GetDouble() * spent;
            seconds += spent;
        }

        return samples / seconds;
    }

    private static double? Peer(ClusterRow row, bool keepsMemory, out string? absence)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "peers", "pytorch_ddp.py");
        string said;
        try
        {
            said = Output(
                File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3",
                [
                    script, $"{row.Index}", $"{row.BatchSize}",
                    PeerSeconds.ToString(CultureInfo.InvariantCulture),
                ],
                keepsMemory, PeerPatience).Trim();
        }
        catch (TimeoutException problem)
        {
            Console.Error.WriteLine($"… dropped: {problem.Message}");
            row.DroppedOfPeer++;
            absence = null;
            return null;
        }

        bool isRate = double.TryParse(said, CultureInfo.InvariantCulture, out double rate);
        absence = isRate ? null : said.Replace("absent ", "");
        return isRate ? rate : null;
    }

    private static string Output(
        string program, IEnumerable<string> arguments, bool keepsMemory, TimeSpan patience)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in NativeEnvironment.For(threads: 1, keepsMemory))
            start.Environment[name] = value;
        using Process process = Process.Start(start)
            ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{program} did not end within {patience.TotalSeconds:0} s.");
        }

        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    /// <summary>Bytes sent over loopback since the system started; 0 where it does not tell.
    /// </summary>
    private static long LoopbackBytes()
    {
        const string File = "/sys/class/net/lo/statistics/tx_bytes";
        return System.IO.File.Exists(File)
            ? long.Parse(System.IO.File.ReadAllText(File), CultureInfo.InvariantCulture)
            : 0;
    }

    private static string Report(ClusterRow[] rows, int rounds, string? absence)
    {
        MarkdownTable table = new(
            "network", "batch", "head + 2 workers", "DDP + gloo, 2 processes", "ours ÷ DDP",
            "DDP as installed", "one process, 2 threads", "cluster ÷ one process",
            "bytes ÷ (8 a parameter)", "on Akka.NET", "÷ TCP");
        foreach (ClusterRow row in rows)
        {
            double ours = Median.Of(row.Cluster);
            table.Add(
                row.Network.Name, $"{row.BatchSize}", Figures.Rate(ours),
                Figures.Rate(Median.Of(row.Peer)), Figures.Times(ours / Median.Of(row.Peer)),
                Figures.Rate(Median.Of(row.PeerAsInstalled)),
                Figures.Rate(Median.Of(row.Single)), Figures.Ratio(ours / Median.Of(row.Single)),
                Figures.Ratio(Median.Of(row.Wire)), Figures.Rate(Median.Of(row.Akka)),
                Figures.Ratio(Median.Of(row.Akka) / ours));
        }

        int dropped = rows.Sum(row => row.DroppedOfPeer);
        string peer = absence is null ? "" : $"No peer: {absence}.\n";
        return $"""
            # A cluster on this machine, samples a second

            {DateTime.UtcNow:yyyy-MM-dd}, {MachineName.Processor},
            {Environment.ProcessorCount} logical cores. Medians of {rounds} samples of each cell,
            taken in alternation; dense data. Samples of DDP that did not end: {dropped}.
            {peer}
            {table}
            """;
    }
}
