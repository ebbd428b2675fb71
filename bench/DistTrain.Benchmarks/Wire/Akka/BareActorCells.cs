namespace DistTrain.Benchmarks.Wire.Akka;

/// <summary>Actors that tell each other arrays of bytes, with Akka's own settings: what Akka.Remote
/// itself takes, without lanes, frames and tensors.</summary>
internal static class BareActorCells
{
    private const string By = "bare actors, Akka.NET";

    public static IEnumerable<WireCell> All() =>
    [
        new(0, WireRows.Small, By, 4_000, turns => Measure(turns, AskSmall, false)),
        new(1, WireRows.Gradient, By, 2_000, turns =>
            Measure(turns, node => AskLarge(node, WireRows.GradientBytes), false)),
        new(2, WireRows.LargeGradient, By, 300, turns =>
            Measure(turns, node => AskLarge(node, WireRows.LargeGradientBytes), false)),
        new(4, WireRows.Streaming, By, 1_500, turns => Measure(turns, AskSmall, true)),
    ];

    /// <summary>The other process: answers until its input ends.</summary>
    public static void Answer()
    {
        using BareActorNode node = BareActorNode.ThatAnswers();
        WirePeer.Say(node.Port);
        Console.In.ReadToEnd();
    }

    private static WireTimes Measure(int turns, Func<BareActorNode, double> turn, bool streams)
    {
        using PeerProcess peer = new("actors");
        using BareActorNode node = BareActorNode.ThatAsks(peer.Port);
        return node.Measure(turns, () => turn(node), streams);
    }

    private static double AskSmall(BareActorNode node) => WireRows.Time(node.AskSmall);

    private static double AskLarge(BareActorNode node, int bytes) =>
        WireRows.Time(() => node.AskLarge(bytes));
}
