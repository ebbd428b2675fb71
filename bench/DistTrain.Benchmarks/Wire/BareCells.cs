using System.Net;
using System.Net.Sockets;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Blocking sockets without frames, threads or checks: what the system itself takes.
/// </summary>
internal static class BareCells
{
    private const string By = "bare sockets";

    public static IEnumerable<WireCell> All() =>
    [
        Cell(0, WireRows.Small, 4_000, WireRows.SmallBytes, WireRows.SmallBytes),
        Cell(1, WireRows.Gradient, 2_000, WireRows.GradientBytes, WireRows.SmallBytes),
        Cell(2, WireRows.LargeGradient, 300, WireRows.LargeGradientBytes, WireRows.SmallBytes),
        Cell(3, WireRows.Step, 800, WireRows.GradientBytes, WireRows.GradientBytes, true),
    ];

    private static WireCell Cell(
        int row, string what, int turns, int there, int back, bool computes = false) =>
        new(row, what, By, turns, count => Measure(count, there, back, computes));

    private static WireTimes Measure(int turns, int there, int back, bool computes)
    {
        using PeerProcess peer = new("bare");
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, peer.Port);
        byte[] sizes = [.. BitConverter.GetBytes(there), .. BitConverter.GetBytes(back)];
        byte[] buffer = new byte[sizes.Length + Math.Max(there, back)];
        sizes.CopyTo(buffer, 0);
        void Turn()
        {
            BareSocket.Send(socket, buffer.AsSpan(0, sizes.Length + there));
            BareSocket.TryReceive(socket, buffer.AsSpan(sizes.Length, back));
        }

        return WireTimes.Of(
            turns, () => computes ? WireRows.TimeAfterComputing(Turn) : WireRows.Time(Turn));
    }
}
