using System.Security.Cryptography;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// How two ends that have proven themselves, and have met by <see cref="LocalName"/>, come to share
/// memory. Whoever has not come so gets the socket.
/// <para>
///     client                                   server
///       │◄── 16 bytes: the memory's name ─────────│   zeros: there is none
///       │── 1: it is mapped; 0: it is not ───────►│   after a 0 nothing follows
///       │◄── a place that the server lends ───────│   zeros: it lends nothing
///       │── 1: it is mapped; a place of its own ─►│
///       │◄── 1: that is mapped, and so tensors ───│
///                are lent from now on
/// </para>
/// </summary>
internal static class SharedHandshake
{
    private const int ToServer = 0;
    private const int ToClient = 1;
    private const int Rings = 2;

    /// <summary>Memory to show that it can be mapped; null where there is none.</summary>
    private static readonly Lazy<SharedTensor?> Sample = new(() => SharedTensor.TryCreate(1));

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
            if (!HearYes(socket))
            {
                return Channel(socket, peer, Drop(memory), ToServer, lends: false);
            }

            SendSample(socket);
            bool isMapped = HearYes(socket);
            bool lends = TryMapSample(socket) && isMapped;
            socket.SendAll([(byte)(lends ? 1 : 0)]);
            return Channel(socket, peer, memory, ToServer, lends);
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
            if (memory is null)
            {
                return Channel(socket, peer, null, ToClient, lends: false);
            }

            socket.SendAll([(byte)(TryMapSample(socket) ? 1 : 0)]);
            SendSample(socket);
            return Channel(socket, peer, memory, ToClient, lends: HearYes(socket));
        }
        catch
        {
            Drop(memory);
            throw;
        }
    }

    private static bool HearYes(LinkSocket socket)
    {
        Span<byte> said = stackalloc byte[1];
        socket.ReceiveExactly(said);
        return said[0] == 1;
    }

    private static void SendSample(LinkSocket socket)
    {
        Span<byte> place = stackalloc byte[TensorPlace.Bytes];
        Sample.Value?.Place(borrower: 0, offset: 0).Write(place);
        socket.SendAll(place);
    }

    private static bool TryMapSample(LinkSocket socket)
    {
        Span<byte> place = stackalloc byte[TensorPlace.Bytes];
        socket.ReceiveExactly(place);
        if (!place.ContainsAnyExcept((byte)0))
        {
            return false;
        }

        try
        {
            using var borrower = new BorrowedTensors();
            borrower.Borrow(TensorPlace.Read(place), elements: 1).Dispose();
            return true;
        }
        catch (WireException)
        {
            // It lives in another container, or under another user: tensors are sent.
            return false;
        }
    }

    private static LinkChannel Channel(
        LinkSocket socket, PeerIdentity peer, SharedSegment? memory, int incoming, bool lends) =>
        memory is null
            ? new PlainChannel(socket, peer)
            : new SharedChannel(
                socket, peer, memory, memory.Rings[incoming], memory.Rings[ToClient - incoming],
                lends);

    private static SharedSegment? Drop(SharedSegment? memory)
    {
        memory?.Dispose();
        return null;
    }
}
