using DistTrain.Engine.Tcp;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Links, as nodes have them.</summary>
internal static class LinkCells
{
    /// <param name="by">What to call it.</param>
    /// <param name="folder">Of certificates; null: a token.</param>
    /// <param name="shares">Share memory where there are no certificates.</param>
    public static IEnumerable<WireCell> All(string by, string? folder, bool shares) =>
        WireRows.OfNodes(
            by, (turns, turn, streams) => Measure(turns, folder, shares, turn, streams));

    private static WireTimes Measure(
        int turns, string? folder, bool shares, Func<AskingNode, double> turn, bool streams)
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
            WireOptions.Patient with { SharesMemory = shares });
        dialer.Start();
        node.WaitUntilOpen();
        return node.Measure(turns, turn, streams);
    }
}
