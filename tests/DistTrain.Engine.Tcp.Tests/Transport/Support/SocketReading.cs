using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>What tests do with bare sockets.</summary>
internal static class SocketReading
{
    /// <summary>Waits until the other end hangs up; gives what it said before.</summary>
    public static byte[] ReadToEnd(this Socket socket)
    {
        var all = new List<byte>();
        byte[] buffer = new byte[4_096];
        try
        {
            while (socket.Receive(buffer) is > 0 and int bytes)
            {
                all.AddRange(buffer[..bytes]);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return [.. all];
        }

        return [.. all];
    }

    public static byte[] ReadExactly(this Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int read = socket.Receive(bytes, at, length - at, SocketFlags.None);
            read.ShouldBeGreaterThan(0);
            at += read;
        }

        return bytes;
    }
}
