using System.Security.Cryptography;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// How two ends that have proven themselves, and have met by <see cref="LocalName"/>, come to share
/// memory. Whoever has not come so gets the socket.
/// <para>
///     client                                   server
///       │◄── 16 bytes: the memory's name ─────────│   zeros: there is none
///       │── 1: it is mapped; 0: it is not ───────►│
/// </para>
/// </summary>
internal static class SharedHandshake
{
    private const int ToServer = 0;
    private const int ToClient = 1;
    private const int Rings = 2;

    /// <summary>By the server.</summary>
    /// <exception cref="LinkRefusedException">The other end hung up; or a SocketException.
    /// </exception>
    public static LinkChannel Offer(LinkSocket socket, PeerIdentity peer)
    {
        if (!socket.IsLocal)
        {
            return new PlainChannel(socket, peer);
        }

        Span<byte> name = stackalloc byte[SharedSegment.NameBytes];
        RandomNumberGenerator.Fill(name);
        SharedSegment? memory = SharedSegment.TryCreate(name, Rings);
        try
        {
            Span<byte> said = stackalloc byte[SharedSegment.NameBytes];
            if (memory is not null)
            {
                name.CopyTo(said);
            }

            socket.SendAll(said);
            Span<byte> isMapped = stackalloc byte[1];
            socket.ReceiveExactly(isMapped);
            return Channel(socket, peer, isMapped[0] == 1 ? memory : Drop(memory), ToServer);
        }
        catch
        {
            Drop(memory);
            throw;
        }
        finally
        {
            SharedSegment.Forget(name);
        }
    }

    /// <summary>By the client.</summary>
    /// <exception cref="LinkRefusedException">The other end hung up; or a SocketException.
    /// </exception>
    public static LinkChannel Take(LinkSocket socket, PeerIdentity peer)
    {
        if (!socket.IsLocal)
        {
            return new PlainChannel(socket, peer);
        }

        Span<byte> name = stackalloc byte[SharedSegment.NameBytes];
        socket.ReceiveExactly(name);
        SharedSegment? memory = name.ContainsAnyExcept((byte)0)
            ? SharedSegment.TryOpen(name, Rings)
            : null;
        try
        {
            socket.SendAll([(byte)(memory is null ? 0 : 1)]);
            return Channel(socket, peer, memory, ToClient);
        }
        catch
        {
            Drop(memory);
            throw;
        }
    }

    private static LinkChannel Channel(
        LinkSocket socket, PeerIdentity peer, SharedSegment? memory, int incoming) =>
        memory is null
            ? new PlainChannel(socket, peer)
            : new SharedChannel(
                socket, peer, memory, memory.Rings[incoming], memory.Rings[ToClient - incoming]);

    private static SharedSegment? Drop(SharedSegment? memory)
    {
        memory?.Dispose();
        return null;
    }
}
