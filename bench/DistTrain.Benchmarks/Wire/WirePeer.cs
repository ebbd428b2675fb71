using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistTrain.Engine.Tcp;

namespace DistTrain.Benchmarks.Wire;

/// <summary>The other process: answers until its input ends.</summary>
internal static class WirePeer
{
    /// <param name="arguments">"bare", "actors", "lane", or "link" and perhaps a folder of
    /// certificates.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        switch (arguments[0])
        {
            case "bare":
                AnswerBare();
                break;
#if AKKA_ENGINE
            case "actors":
                Akka.BareActorCells.Answer();
                break;
            case "lane":
                Akka.LaneCells.Answer();
                break;
#endif
            default:
                AnswerLink(arguments.ElementAtOrDefault(1));
                break;
        }

        return 0;
    }

    /// <summary>By a token of the environment, or by certificates.</summary>
    public static LinkSecurity Security(string? folder) => folder is null
        ? LinkSecurity.FromToken(RunToken.FromEnvironment()!)
        : LinkSecurity.FromFolder(folder);

    private static void AnswerLink(string? folder)
    {
        using LinkListener listener = new(
            new IPEndPoint(IPAddress.Loopback, 0), Security(folder), new AnsweringNode(),
            WireOptions.Patient, Console.Error.WriteLine);
        listener.Start();
        Say(listener.EndPoint.Port);
        Console.In.ReadToEnd();
    }

    /// <summary>Each connection says how many bytes it sends and wants back.</summary>
    private static void AnswerBare()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Say(((IPEndPoint)listener.LocalEndPoint!).Port);
        using Socket socket = listener.Accept();
        socket.NoDelay = true;
        byte[] buffer = new byte[WireRows.LargeGradientBytes];
        byte[] sizes = new byte[2 * sizeof(int)];
        while (BareSocket.TryReceive(socket, sizes))
        {
            BareSocket.TryReceive(socket, buffer.AsSpan(0, BitConverter.ToInt32(sizes)));
            BareSocket.Send(socket, buffer.AsSpan(0, BitConverter.ToInt32(sizes, sizeof(int))));
        }
    }

    /// <summary>To the process that started this one: where to dial.</summary>
    public static void Say(int port) =>
        Console.WriteLine(port.ToString(CultureInfo.InvariantCulture));
}
