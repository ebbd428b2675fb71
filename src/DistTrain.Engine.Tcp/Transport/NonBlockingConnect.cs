using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>Connecting with a limit of time, by a socket that never waits by itself.</summary>
internal static class NonBlockingConnect
{
    /// <exception cref="SocketException">It did not work, or took too long.</exception>
    public static void ConnectWithin(this Socket socket, TimeSpan timeout, IPEndPoint to)
    {
        try
        {
            socket.Connect(to);
            return;
        }
        catch (SocketException e) when (
            e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(timeout, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }
        }

        object? error = socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);
        if (error is int code && code != 0)
        {
            throw new SocketException(code);
        }
    }
}
