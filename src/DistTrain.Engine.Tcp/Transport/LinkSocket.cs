using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A connected stream socket: receiving waits, sending need not. Another thread may end both at any
/// time by <see cref="Abort"/>; only the thread that receives disposes of it.
/// </summary>
internal sealed class LinkSocket : IDisposable
{
    /// <summary>Handed to the system and not yet on the network, at most: about one chunk of a
    /// tensor. What is sent and not yet acknowledged does not count, so distance costs no
    /// throughput.</summary>
    private const int UnsentBytes = 64 * 1024;

    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int UnsentLimitOnLinux = 25; // TCP_NOTSENT_LOWAT of linux/tcp.h
    private const int UnsentLimitOnMac = 0x201; // the same of netinet/tcp.h

    private readonly Socket _socket;

    /// <param name="socket">Connected; belongs to this from now on.</param>
    /// <param name="remote">Where the other end is.</param>
    /// <param name="bufferBytes">Each way; 0: as the system does it.</param>
    public LinkSocket(Socket socket, IPEndPoint remote, int bufferBytes)
    {
        _socket = socket;
        Prepare(socket, bufferBytes);
        RemoteEndPoint = remote;
    }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>It was found by <see cref="LocalName"/>: the other end is on this machine.
    /// </summary>
    public bool IsLocal => _socket.AddressFamily == AddressFamily.Unix;

    /// <summary>Before connecting: what is set later comes too late for the window's scale.
    /// </summary>
    public static void Prepare(Socket socket, int bufferBytes)
    {
        socket.Blocking = false;
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
            LimitUnsent(socket);
        }

        if (bufferBytes > 0)
        {
            socket.SendBufferSize = bufferBytes;
            socket.ReceiveBufferSize = bufferBytes;
        }
    }

    /// <summary>
    /// What the system holds cannot be overtaken: without this limit a message waits behind all
    /// that the socket's buffer took of a stream of tensors, up to megabytes. Its way there and
    /// back beside such a stream, 99 of 100, two cores: 2–4 ms instead of 5, by TLS 1–5 instead of
    /// 9.
    /// </summary>
    private static void LimitUnsent(Socket socket)
    {
        int? option = OperatingSystem.IsLinux() ? UnsentLimitOnLinux
            : OperatingSystem.IsMacOS() ? UnsentLimitOnMac : null;
        if (option is null)
        {
            return;
        }

        try
        {
            socket.SetRawSocketOption(TcpLevel, option.Value, BitConverter.GetBytes(UnsentBytes));
        }
        catch (SocketException)
        {
            // A system that emulates Linux may not have it: messages are late there, no more.
            return;
        }
    }

    /// <summary>Waits for bytes.</summary>
    /// <returns>How many; 0: no more will come.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            int bytes = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
            if (error == SocketError.Success)
            {
                return bytes;
            }

            ThrowUnlessFull(error);
            _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
        }
    }

    /// <summary>Waits for all of <paramref name="buffer"/>.</summary>
    /// <exception cref="LinkRefusedException">The other end hung up before.</exception>
    public void ReceiveExactly(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int bytes = Receive(buffer);
            if (bytes == 0)
            {
                throw new LinkRefusedException(
                    RefusalCause.HungUp, "it hung up during the handshake");
            }

            buffer = buffer[bytes..];
        }
    }

    /// <returns>How many bytes the socket took without waiting, perhaps none.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
        return Sent(sent, error);
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(IList<ArraySegment<byte>> pieces)
    {
        int sent = _socket.Send(pieces, SocketFlags.None, out SocketError error);
        return Sent(sent, error);
    }

    /// <summary>Waits until all is sent.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[Send(bytes)..];
            if (bytes.IsEmpty)
            {
                return;
            }

            WaitToSend();
        }
    }

    public void WaitToSend() => _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectWrite);

    /// <summary>No more will be sent: the other end is told, behind all that was.</summary>
    public void EndSending() => Shutdown(SocketShutdown.Send);

    /// <summary>Whoever waits here returns at once.</summary>
    public void Abort() => Shutdown(SocketShutdown.Both);

    public void Dispose() => _socket.Dispose();

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over already.
            return;
        }
    }

    private static int Sent(int sent, SocketError error)
    {
        if (error == SocketError.Success)
        {
            return sent;
        }

        ThrowUnlessFull(error);
        return sent;
    }

    private static void ThrowUnlessFull(SocketError error)
    {
        if (error != SocketError.WouldBlock)
        {
            throw new SocketException((int)error);
        }
    }
}
