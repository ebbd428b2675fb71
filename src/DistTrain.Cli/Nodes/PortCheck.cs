using System.Net;
using System.Net.Sockets;

namespace DistTrain.Cli;

/// <summary>Whether a node could listen somewhere.</summary>
internal static class PortCheck
{
    /// <returns>Null if it could; else why not.</returns>
    public static string? WhyNot(IPEndPoint at)
    {
        try
        {
            using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
            socket.Listen(1);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }
}
