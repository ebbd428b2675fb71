using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Takes connections. Until one has proven itself and said hello it is a stranger: there is a limit
/// on how many there are, how long they may take and what they cost, and on what they can write
/// into the log.
/// </summary>
internal sealed class LinkListener : IDisposable
{
    private const int Backlog = 128;

    /// <summary>After one that could not be taken.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly Socket? _local;
    private readonly LinkSecurity _security;
    private readonly ILinkHandler _handler;
    private readonly LinkOptions _options;
    private readonly LogLimiter<RefusalCause> _refusals;
    private readonly Strangers _strangers;
    private readonly ManualResetEventSlim _stop = new();

    /// <exception cref="SecuritySetupException">This address needs certificates.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public LinkListener(
        IPEndPoint at, LinkSecurity security, ILinkHandler handler, LinkOptions options,
        Action<string> log)
    {
        security.CheckListening(at);
        _security = security;
        _handler = handler;
        _options = options;
        _strangers = new Strangers(options.StrangersAtOnce, options.StrangersOfAddress);
        _refusals = new LogLimiter<RefusalCause>(log, options.LogInterval, () => LinkMonitor.Now);
        _socket = Listening(at, ProtocolType.Tcp);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        try
        {
            _local = options.SharesMemory && LocalName.Of(EndPoint, security) is { } name
                ? Listening(name, ProtocolType.Unspecified)
                : null;
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.AddressAlreadyInUse)
        {
            _local = null; // A system that emulates Linux may not have such names.
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>With the port that the system gave, if 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that have not said hello yet.</summary>
    public int Strangers => _strangers.Count;

    /// <summary>How many connections were refused for this.</summary>
    public long Refused(RefusalCause cause) => _refusals.Count(cause);

    public void Start()
    {
        foreach (Socket socket in _local is null ? [_socket] : new[] { _socket, _local })
        {
            new Thread(() => Listen(socket))
            {
                IsBackground = true,
                Name = $"listening on {EndPoint}",
            }.Start();
        }
    }

    /// <summary>Takes no more connections; links go on.</summary>
    public void Dispose()
    {
        _stop.Set();
        _socket.Dispose();
        _local?.Dispose();
    }

    private static Socket Listening(EndPoint at, ProtocolType protocol)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, protocol);
        try
        {
            socket.Bind(at);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Listen(Socket socket)
    {
        while (!_stop.IsSet)
        {
            try
            {
                OnAccepted(socket.Accept());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Stopped; or a connection broke before it was taken, or no descriptor is left.
                if (!_stop.Wait(AcceptPause))
                {
                    _refusals.Report(RefusalCause.TooMany, $"none was let in: {e.Message}");
                }
            }
        }
    }

    private void OnAccepted(Socket socket)
    {
        IPEndPoint from;
        try
        {
            // One that came by the local name has no address of its own.
            from = socket.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(EndPoint.Address, 0);
        }
        catch (SocketException)
        {
            socket.Dispose(); // It hung up before it was looked at.
            return;
        }

        if (_strangers.TryAdd(from.Address) is { } why)
        {
            _refusals.Report(RefusalCause.TooMany, $"{from} was not let in: {why}");
            socket.Dispose();
            return;
        }

        new Thread(() => Serve(socket, from), TcpLimits.StackBytes)
        {
            IsBackground = true,
            Name = "link, receiving",
        }.Start();
    }

    private void Serve(Socket accepted, IPEndPoint from)
    {
        using var stranger = new Stranger(_strangers, from.Address);
        try
        {
            using LinkSocket socket = Adopt(accepted, from);
            using var deadline = new HandshakeDeadline(socket, _options.HandshakeTimeout);
            LinkChannel channel = deadline.Secure(_security.Accept);
            deadline.Run(new Link(channel, null, _handler, _options), stranger.Dispose);
        }
        catch (LinkRefusedException e)
        {
            _refusals.Report(e.Reason, $"{from} was not let in: {e.Message}");
        }
    }

    private LinkSocket Adopt(Socket accepted, IPEndPoint from)
    {
        try
        {
            return new LinkSocket(accepted, from, _options.SocketBufferBytes);
        }
        catch (SocketException e)
        {
            accepted.Dispose();
            throw new LinkRefusedException(RefusalCause.HungUp, e.Message, e);
        }
    }

    /// <summary>One of those counted, until it is one no more.</summary>
    private sealed class Stranger(Strangers all, IPAddress address) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0)
            {
                all.Remove(address);
            }
        }
    }
}
