using System.Diagnostics;
using DistTrain.Engine.Tcp;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Links, as nodes have them.</summary>
internal static class LinkCells
{
    /// <param name="by">What to call it.</param>
    /// <param name="folder">Of certificates; null: a token.</param>
    public static IEnumerable<WireCell> All(string by, string? folder) =>
    [
        new(0, WireRows.Small, by, 4_000, turns =>
            Measure(turns, folder, node => WireRows.Time(() => node.Ask(WireNode.Small(0))))),
        new(1, WireRows.Gradient, by, 2_000, turns =>
            Measure(turns, folder, node => Tensor(node, WireRows.GradientBytes))),
        new(2, WireRows.LargeGradient, by, 300, turns =>
            Measure(turns, folder, node => Tensor(node, WireRows.LargeGradientBytes))),
        new(3, WireRows.Step, by, 800, turns =>
            Measure(turns, folder, node => WireRows.TimeAfterComputing(() => node.Ask(
                WireNode.Tensor(WireRows.GradientBytes, AnsweringNode.Returned))))),
        new(4, WireRows.Streaming, by, 1_500, turns =>
            Measure(turns, folder, node => WireRows.Time(() => node.Ask(WireNode.Small(0))), true)),
    ];

    private static double Tensor(AskingNode node, int bytes) =>
        WireRows.Time(() => node.Ask(WireNode.Tensor(bytes, AnsweringNode.Noted)));

    private static WireTimes Measure(
        int turns, string? folder, Func<AskingNode, double> turn, bool streams = false)
    {
        using PeerProcess peer = new("link", folder);
        using AskingNode node = new();
        using LinkDialer dialer = new(
            new LinkDialerSettings
            {
                Host = "127.0.0.1",
                Port = peer.Port,
                Security = peer.Security,
                Hello = () => new Hello(NodeKind.Worker, "bench", Guid.NewGuid(), null, 1, "bench"),
            },
            node,
            WireOptions.Patient);
        dialer.Start();
        node.WaitUntilOpen();
        if (streams)
            node.Stream();
        long start = Stopwatch.GetTimestamp();
        WireTimes times = WireTimes.Of(turns, () => turn(node));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return streams
            ? times with { StreamedMegabytesPerSecond = node.StreamedBytes / seconds / 1e6 }
            : times;
    }
}
