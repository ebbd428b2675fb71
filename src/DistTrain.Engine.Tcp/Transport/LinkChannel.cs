namespace DistTrain.Engine.Tcp;

/// <summary>A socket behind which the other end has proven who it is. One thread receives, one at a
/// time sends.</summary>
internal abstract class LinkChannel(LinkSocket socket, PeerIdentity peer) : IDisposable
{
    public LinkSocket Socket => socket;

    public PeerIdentity Peer => peer;

    /// <summary>The channel itself has something to send, whatever is given to it.</summary>
    public virtual bool HasUnsent => false;

    /// <summary>Waits for bytes.</summary>
    /// <returns>How many; 0: no more will come.</returns>
    /// <exception cref="IOException">The connection broke; or a SocketException.</exception>
    public abstract int Receive(Span<byte> buffer);

    /// <summary>Writes what the socket takes without waiting.</summary>
    /// <returns>Whether that is all of it.</returns>
    /// <exception cref="IOException">The connection broke; or a SocketException.</exception>
    public abstract bool TrySend(FrameBatch batch);

    public virtual void Dispose() => socket.Dispose();
}
