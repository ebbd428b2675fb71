using DistTrain.Engine;

namespace DistTrain.Benchmarks.Wire.Akka;

/// <summary>Lanes, as nodes of the engine on Akka.NET have them.</summary>
internal static class LaneCells
{
    private const string By = "lane, Akka.NET";

    public static IEnumerable<WireCell> All() => WireRows.OfNodes(By, Measure);

    /// <summary>The other process: answers until its input ends.</summary>
    public static void Answer()
    {
        using LaneNode lanes = new(new AnsweringNode());
        WirePeer.Say(lanes.Port);
        Console.In.ReadToEnd();
    }

    private static WireTimes Measure(int turns, Func<AskingNode, double> turn, bool streams)
    {
        using PeerProcess peer = new("lane");
        using AskingNode node = new();
        using LaneNode lanes = new(node);
        node.Open(lanes.To(peer.Port));
        return node.Measure(turns, turn, streams);
    }
}
