using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A socket behind which the other end has proven who it is. One thread receives, one at a
/// time sends.</summary>
internal abstract class LinkChannel(LinkSocket socket, PeerIdentity peer) : IDisposable
{
    public LinkSocket Socket => socket;

    public PeerIdentity Peer => peer;

    /// <summary>How bytes travel, for logs.</summary>
    public abstract string Way { get; }

    /// <summary>Both ends can map each other's tensors; null: their bytes are sent. For the one
    /// connection of the channel.</summary>
    public virtual TensorSharing? Sharing => null;

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

    /// <summary>Waits until there is room for more, or it is over.</summary>
    public virtual void WaitToSend() => socket.WaitToSend();

    /// <summary>No more will be sent: the other end is told, behind all that was.</summary>
    public virtual void EndSending() => socket.EndSending();

    /// <summary>Whoever waits here returns at once. From any thread.</summary>
    public virtual void Abort() => socket.Abort();

    /// <summary>By the thread that receives, once nobody sends.</summary>
    public virtual void Dispose() => socket.Dispose();
}
