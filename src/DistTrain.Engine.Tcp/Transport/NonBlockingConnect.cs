using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>Connecting with a limit of time, by a socket that never waits by itself.</summary>
internal static class NonBlockingConnect
{
    /// <summary>How soon it is noticed that nobody wants the connection any more: closing a
    /// socket does not wake on every system who waits for it to connect.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <exception cref="SocketException">It did not work, took too long, or
    /// <paramref name="stop"/> was set.</exception>
    public static void ConnectWithin(
        this Socket socket, TimeSpan timeout, EndPoint to, ManualResetEventSlim stop)
    {
        try
        {
            socket.Connect(to);
            return;
        }
        catch (SocketException e) when (to is IPEndPoint // by name: at once or not at all
            && e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            Wait(socket, LinkMonitor.Now + timeout, stop);
        }

        object? error = socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);
        if (error is int code && code != 0)
        {
            throw new SocketException(code);
        }
    }

    private static void Wait(Socket socket, TimeSpan end, ManualResetEventSlim stop)
    {
        while (!socket.Poll(Look, SelectMode.SelectWrite))
        {
            if (stop.IsSet || LinkMonitor.Now >= end)
            {
                throw new SocketException(
                    (int)(stop.IsSet ? SocketError.OperationAborted : SocketError.TimedOut));
            }
        }
    }
}
