using System.Diagnostics;

namespace DistTrain.Benchmarks.Wire;

/// <summary>What is measured: the same by whatever moves the bytes.</summary>
internal static class WireRows
{
    public const int SmallBytes = 64;

    /// <summary>The gradient of 784-128-32-10, about.</summary>
    public const int GradientBytes = 420_000;

    /// <summary>The gradient of 784-1024-128-64-10, about.</summary>
    public const int LargeGradientBytes = 3_800_000;

    public const int Count = 5;

    public const string Small = "64 bytes there and back";
    public const string Gradient = "420 KB there, an answer";
    public const string LargeGradient = "3.8 MB there, an answer";
    public const string Step = "420 KB there and back, after 0.5 ms of computing";
    public const string Streaming = "64 bytes there and back while tensors stream";

    private const double ComputingMicroseconds = 500;

    /// <param name="by">What moves the bytes.</param>
    /// <param name="measure">So many turns between two nodes, perhaps while tensors stream.</param>
    public static IEnumerable<WireCell> OfNodes(
        string by, Func<int, Func<AskingNode, double>, bool, WireTimes> measure) =>
    [
        new(0, Small, by, 4_000, turns => measure(turns, AskSmall, false)),
        new(1, Gradient, by, 2_000, turns =>
            measure(turns, node => AskTensor(node, GradientBytes), false)),
        new(2, LargeGradient, by, 300, turns =>
            measure(turns, node => AskTensor(node, LargeGradientBytes), false)),
        new(3, Step, by, 800, turns =>
            measure(turns, node => TimeAfterComputing(() => node.Ask(
                WireNode.Tensor(GradientBytes, AnsweringNode.Returned))), false)),
        new(4, Streaming, by, 1_500, turns => measure(turns, AskSmall, true)),
    ];

    public static double Time(Action turn)
    {
        long start = Stopwatch.GetTimestamp();
        turn();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    /// <summary>A worker's step, seen from the network: the processor was busy, and only then
    /// something is sent.</summary>
    public static double TimeAfterComputing(Action turn)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < ComputingMicroseconds)
        {
        }

        return Time(turn);
    }

    private static double AskSmall(AskingNode node) => Time(() => node.Ask(WireNode.Small(0)));

    private static double AskTensor(AskingNode node, int bytes) =>
        Time(() => node.Ask(WireNode.Tensor(bytes, AnsweringNode.Noted)));
}
