using System.Net;
using System.Net.Sockets;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Keeps one connection to an address alive: dials, and dials again when it ends, later each time,
/// until it is stopped or turned away. Its thread is the link's receiving thread.
/// </summary>
internal sealed class LinkDialer : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _stop = new();
    private readonly LinkDialerSettings _settings;
    private readonly ILinkHandler _handler;
    private readonly LinkOptions _options;
    private readonly BackOff _backOff = new(FirstWait, LongestWait, Random.Shared);
    private readonly Func<TimeSpan, bool> _wait;
    private Link? _link;
    private LinkSocket? _socket;

    public LinkDialer(LinkDialerSettings settings, ILinkHandler handler, LinkOptions options)
        : this(settings, handler, options, null)
    {
    }

    /// <param name="settings">Whom to dial.</param>
    /// <param name="handler">Is told.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="wait">Waits for so long; true: stop. Null: in real time.</param>
    internal LinkDialer(
        LinkDialerSettings settings, ILinkHandler handler, LinkOptions options,
        Func<TimeSpan, bool>? wait)
    {
        _settings = settings;
        _handler = handler;
        _options = options;
        _wait = wait ?? _stop.Wait;
    }

    public void Start() => new Thread(Run, TcpLimits.StackBytes)
    {
        IsBackground = true,
        Name = $"link to {_settings.Host}:{_settings.Port}, receiving",
    }.Start();

    /// <summary>Dials no more, gives up a connection that is being made, and closes the link if
    /// there is one. May be called by the handler.</summary>
    public void Dispose()
    {
        _stop.Set();
        if (Volatile.Read(ref _link) is { } link)
        {
            link.Close("this node stopped");
        }
        else
        {
            Volatile.Read(ref _socket)?.Abort();
        }
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            LinkEnd? end = TryDial();
            if (end?.Kind == LinkEndKind.TurnedAway || _stop.IsSet || _wait(_backOff.Next()))
            {
                return;
            }
        }
    }

    /// <returns>How the link ended; null: there was none.</returns>
    private LinkEnd? TryDial()
    {
        try
        {
            using LinkSocket socket = Connect();
            Volatile.Write(ref _socket, socket);
            if (_stop.IsSet)
            {
                return null;
            }

            using var deadline = new HandshakeDeadline(socket, _options.HandshakeTimeout);
            LinkChannel channel = deadline.Secure(to =>
                _settings.Security.Connect(to, _settings.Host, _settings.Roles));
            return Run(new Link(channel, _settings.Hello(), _handler, _options), deadline);
        }
        catch (Exception e) when (e is LinkRefusedException or SecuritySetupException)
        {
            _settings.OnFailure(e.Message);
            return null;
        }
    }

    private LinkEnd Run(Link link, HandshakeDeadline deadline)
    {
        Volatile.Write(ref _link, link);
        if (_stop.IsSet)
        {
            link.Close("this node stopped");
        }

        LinkEnd end = deadline.Run(link, () => { });
        Volatile.Write(ref _link, null);

        // A head that takes connections and drops them at once is not dialled without pause.
        if (LinkMonitor.Now - link.OpenedAt >= LongestWait)
        {
            _backOff.Reset();
        }

        return end;
    }

    /// <summary>Names are looked up anew each time: a head may come back elsewhere.</summary>
    private LinkSocket Connect()
    {
        var failure = new SocketException((int)SocketError.HostNotFound);
        foreach (IPAddress address in Resolve())
        {
            _settings.Security.CheckDialling(_settings.Host, address);
            try
            {
                return Connect(new IPEndPoint(address, _settings.Port));
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw NotReached(failure);
    }

    private IPAddress[] Resolve()
    {
        try
        {
            return Dns.GetHostAddresses(_settings.Host);
        }
        catch (SocketException e)
        {
            throw NotReached(e);
        }
    }

    private LinkSocket Connect(IPEndPoint to) =>
        TryConnectByName(to) ?? Connect(to, to, ProtocolType.Tcp);

    /// <summary>Null: nobody has the name, as when ports are forwarded, or too many ask for it.
    /// </summary>
    private LinkSocket? TryConnectByName(IPEndPoint to)
    {
        try
        {
            return _options.SharesMemory && LocalName.Of(to, _settings.Security) is { } name
                ? Connect(to, name, ProtocolType.Unspecified)
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private LinkSocket Connect(IPEndPoint to, EndPoint by, ProtocolType protocol)
    {
        var socket = new Socket(by.AddressFamily, SocketType.Stream, protocol);
        try
        {
            LinkSocket.Prepare(socket, _options.SocketBufferBytes);
            socket.ConnectWithin(_options.HandshakeTimeout, by, _stop);
            return new LinkSocket(socket, to, 0);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static LinkRefusedException NotReached(SocketException e) =>
        new(RefusalCause.HungUp, $"it cannot be reached: {e.Message}", e);
}
