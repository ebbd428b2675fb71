using System.Net.Sockets;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Blocking reads and writes of a whole buffer: the least that any transport does.
/// </summary>
internal static class BareSocket
{
    /// <returns>False if the other end hung up.</returns>
    public static bool TryReceive(Socket socket, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int bytes = socket.Receive(buffer);
            if (bytes == 0)
                return false;
            buffer = buffer[bytes..];
        }

        return true;
    }

    public static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[socket.Send(bytes)..];
    }
}
