using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>Cuts a connection off whose handshake is not done in time, however it trickles.
/// </summary>
internal sealed class HandshakeDeadline : IWatched, IDisposable
{
    private readonly LinkSocket _socket;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _end;
    private volatile bool _hasPassed;

    public HandshakeDeadline(LinkSocket socket, TimeSpan timeout)
    {
        _socket = socket;
        _timeout = timeout;
        _end = LinkMonitor.Now + timeout;
        LinkMonitor.Shared.Add(this);
    }

    /// <summary>What to say of a handshake that failed: whatever happened after the deadline is
    /// its doing.</summary>
    public LinkRefusedException Explain(Exception failure) => failure switch
    {
        _ when _hasPassed => new LinkRefusedException(
            RefusalCause.TooSlow, $"its handshake took more than {_timeout.TotalSeconds:0.#} s"),
        LinkRefusedException refused => refused,
        _ => new LinkRefusedException(
            RefusalCause.HungUp, $"it was lost in its handshake: {failure.Message}", failure),
    };

    /// <summary>Lets both ends prove themselves.</summary>
    /// <exception cref="LinkRefusedException">One did not.</exception>
    public LinkChannel Secure(Func<LinkSocket, LinkChannel> prove)
    {
        try
        {
            return prove(_socket);
        }
        catch (Exception e) when (e is LinkRefusedException or SocketException or IOException)
        {
            throw Explain(e);
        }
    }

    /// <summary>Runs a link, whose handshake ends in time or never.</summary>
    /// <exception cref="LinkRefusedException">It never did.</exception>
    public LinkEnd Run(Link link, Action onOpen)
    {
        LinkEnd end = link.Run(() =>
        {
            Dispose();
            onOpen();
        });
        return link.IsOpen
            ? end
            : throw Explain(new LinkRefusedException(RefusalCause.HungUp, end.Cause));
    }

    public void Dispose() => LinkMonitor.Shared.Remove(this);

    void IWatched.OnTick(TimeSpan now, bool hasSlept)
    {
        if (now >= _end && !_hasPassed)
        {
            _hasPassed = true;
            _socket.Abort();
        }
    }
}
