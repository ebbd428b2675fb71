using System.Diagnostics;
using DistTrain.Benchmarks.Compare;
using DistTrain.Engine.Tcp;

namespace DistTrain.Benchmarks.Wire;

/// <summary>
/// wire: what a link between two processes on this machine takes, beside blocking sockets that move
/// the same bytes. The rows are taken in turn, several times; the best run of each row counts,
/// because the machine's other work only ever adds.
/// </summary>
internal static class WireCommand
{
    public const string PeerArgument = "wire-peer";

    private const string Usage = """
        wire [--rounds N] [--row N] [--quick yes]

          --rounds N   runs of each row (default 5)
          --row N      one alone, from 0
          --quick yes  one short run: does it work? No figures to quote
        """;

    private const int Done = 0, BadUsage = 2;
    private const int UsualRounds = 5, MostRounds = 1_000;

    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        int rounds = UsualRounds;
        int? row = null;
        bool isQuick = false;
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--rounds" when int.TryParse(value, out rounds)
                    && rounds is > 0 and <= MostRounds:
                    break;
                case "--row" when int.TryParse(value, out int only)
                    && only is >= 0 and < WireRows.Count:
                    row = only;
                    break;
                case "--quick" when value == "yes":
                    isQuick = true;
                    break;
                default:
                    Console.Error.WriteLine($"error: {arguments[i]}\n{Usage}");
                    return BadUsage;
            }
        }

        using TemporaryCertificates certificates = new();
        WireCell[] cells =
        [
            .. BareCells.All(),
            .. LinkCells.All("link, shared memory", null, shares: true),
            .. LinkCells.All("link, TCP", null, shares: false),
            .. LinkCells.All("link, TLS", certificates.Folder, shares: false),
#if AKKA_ENGINE
            .. Akka.BareActorCells.All(),
            .. Akka.LaneCells.All(),
#endif
        ];
        cells = [.. cells.Where(cell => row is null || cell.Row == row)];
        for (int round = 0; round < (isQuick ? 1 : rounds); round++)
            Measure(cells, isQuick);
        Console.Write(Report(cells));
        return Done;
    }

    private static void Measure(WireCell[] cells, bool isQuick)
    {
        foreach (WireCell cell in cells)
        {
            Console.Error.Write($"\r{cell.What}, {cell.By}                    ");
            cell.Add(cell.Measure(isQuick ? cell.Turns / 10 : cell.Turns));
        }

        Console.Error.WriteLine();
    }

    private static string Report(WireCell[] cells)
    {
        MarkdownTable table = new("what", "by", "median µs", "p99 µs", "MB/s beside it");
        foreach (WireCell cell in cells.OrderBy(cell => cell.Row))
        {
            table.Add(
                cell.What, cell.By, Figures.Microseconds(cell.Best.MedianMicroseconds),
                Figures.Microseconds(cell.Best.LateMicroseconds),
                Figures.Rate(cell.Best.StreamedMegabytesPerSecond));
        }

        return table.ToString();
    }

    /// <summary>This program once more, with other arguments.</summary>
    public static ProcessStartInfo Self(params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        bool isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        ProcessStartInfo info = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (isHosted)
            info.ArgumentList.Add(typeof(WireCommand).Assembly.Location);
        foreach (string argument in arguments)
            info.ArgumentList.Add(argument);
        return info;
    }
}
