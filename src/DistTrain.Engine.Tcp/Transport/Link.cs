using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// One connection to another node, from its proof of identity to its end. Runs on the thread that
/// receives (<see cref="Run"/>); a thread of its own sends what the socket does not take at once.
/// <para>
///     Greeting ──► Open ──► Ended        Greeting: a server waits for the hello,
///        └─────────────────►             a client for the other end's wire versions
/// </para>
/// </summary>
internal sealed class Link : IMessageLink, IWireEvents, ITensorSink, IWatched
{
    private static long _lastId;

    private readonly LinkChannel _channel;
    private readonly ILinkHandler _handler;
    private readonly LinkOptions _options;
    private readonly WireConnection _wire;
    private readonly LinkSender _sender;
    private readonly Heartbeat _heartbeat;
    private readonly bool _isServer;
    private ITensorSink? _sink;
    private LinkEnd? _end;
    private LinkRefusedException? _refusal;
    private Farewell? _farewell;
    private long _pinged;
    private long _leftTicks;
    private volatile bool _isHandling;

    /// <param name="channel">Its other end has proven itself; belongs to the link.</param>
    /// <param name="hello">What a client says; null: a server, which hears it.</param>
    /// <param name="handler">Is told.</param>
    /// <param name="options">Times and limits.</param>
    public Link(LinkChannel channel, Hello? hello, ILinkHandler handler, LinkOptions options)
    {
        _channel = channel;
        _handler = handler;
        _options = options;
        _isServer = hello is null;
        _wire = new WireConnection(handler.Source, this, this, channel.Sharing);
        _sender = new LinkSender(_wire, channel, options.WritesDirectly, OnBroken);
        _heartbeat = new Heartbeat(options, LinkMonitor.Now);
        if (hello is not null)
        {
            _wire.Trust();
            _wire.TrySend(hello);
        }
    }

    /// <summary>Of this process: rises with every link.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    public PeerIdentity Peer => _channel.Peer;

    public IPEndPoint RemoteEndPoint => _channel.Socket.RemoteEndPoint;

    /// <summary>How bytes travel, for logs.</summary>
    public string Way => _channel.Way;

    /// <summary>What the other end says that it is; null: it is the one that was dialled.</summary>
    public Hello? PeerHello { get; private set; }

    /// <summary>Of the pings so far.</summary>
    public RoundTrips RoundTrips { get; } = new();

    public bool IsOpen { get; private set; }

    /// <summary>When it was opened, once it is.</summary>
    public TimeSpan OpenedAt { get; private set; }

    /// <summary>Queues a message, or writes it at once. Never waits.</summary>
    /// <param name="message">One that travels.</param>
    /// <param name="stream">Instead of the one that such messages take.</param>
    /// <param name="recipient">The slice or worker at the other node that it is for.</param>
    /// <returns>False if the queue is full or the link over: it will not be sent.</returns>
    public bool TrySend(object message, WireStream? stream = null, int recipient = 0)
    {
        bool isQueued = _end is null && _wire.TrySend(
            message, stream ?? WireConnection.StreamOf(message), recipient);
        if (isQueued)
        {
            _sender.Wake();
        }

        return isQueued;
    }

    /// <summary>A message is handled: its credit goes back to the other end.</summary>
    public void Release(IncomingMessage message)
    {
        _wire.Release(message);
        _sender.Wake();
    }

    /// <summary>Ends the link at once; what was not sent is not sent. From any thread, also while
    /// a handler is called; it is told once that returns.</summary>
    public void Close(string cause) => End(new LinkEnd(LinkEndKind.Closed, cause));

    /// <summary>Says farewell, sends what there is credit for, and ends the link once the other end
    /// has heard it, or after <see cref="LinkOptions.FailureTimeout"/>.</summary>
    public void Leave(Farewell farewell) => LeaveWith(farewell);

    /// <summary>Says why the other end need not come again, and ends the link likewise.</summary>
    public void TurnAway(string why) => LeaveWith(new TurnedAway(why));

    /// <summary>Receives until the end.</summary>
    /// <param name="onOpen">Called when the handshake is done.</param>
    /// <exception cref="LinkRefusedException">What came first was no valid hello.</exception>
    public LinkEnd Run(Action onOpen)
    {
        try
        {
            _sender.Wake();
            Receive(onOpen);
        }
        finally
        {
            LinkMonitor.Shared.Remove(this);
            _channel.Abort();
            _sender.Close();
            _channel.Dispose();
        }

        if (_refusal is not null)
        {
            throw _refusal;
        }

        if (IsOpen)
        {
            _handler.OnClosed(this, _end!);
        }

        return _end!;
    }

    void IWireEvents.OnMessage(IncomingMessage message)
    {
        if (!IsOpen && _isServer)
        {
            OnHello(message);
            return;
        }

        if (!Peer.Roles.MaySend(message.From))
        {
            throw new LinkRefusedException(
                RefusalCause.WrongRole,
                $"it sent {message.Content.GetType().Name}, which is {message.From}'s, and has "
                + $"the roles '{Peer.Roles.Text()}'");
        }

        switch (message.Content)
        {
            case Hello:
                throw new LinkRefusedException(RefusalCause.BadHello, "it said hello again");
            case TurnedAway turnedAway:
                End(new LinkEnd(LinkEndKind.TurnedAway, turnedAway.Why));
                return;
            case Farewell farewell:
                _farewell = farewell;
                break;
        }

        if (_end is null)
        {
            Open();
            _handler.OnMessage(this, message);
        }
    }

    void IWireEvents.OnRefused(long number, string why)
    {
        if (IsOpen)
        {
            _handler.OnRefused(this, why);
        }
    }

    void IWireEvents.OnPong(long value)
    {
        if (value == Volatile.Read(ref _pinged))
        {
            RoundTrips.Add(Stopwatch.GetElapsedTime(value));
        }
    }

    bool ITensorSink.TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        Open();
        return _sink!.TryRent(message, tensor, out handle, out room);
    }

    bool ITensorSink.TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        _sink!.TryAdopt(handle, tensor);

    void ITensorSink.Abandon(TensorHandle handle) => _sink!.Abandon(handle);

    void IWatched.OnTick(TimeSpan now, bool hasSlept)
    {
        if (hasSlept || _isHandling)
        {
            _heartbeat.Forgive(now);
        }

        long left = Volatile.Read(ref _leftTicks);
        if (left > 0 && now.Ticks - left > _options.FailureTimeout.Ticks)
        {
            Close("it did not hang up after the farewell");
        }
        else if (_heartbeat.Silence(now) is { } silence)
        {
            End(new LinkEnd(LinkEndKind.Silent, silence));
        }
        else if (_heartbeat.IsPingDue(now))
        {
            long value = Stopwatch.GetTimestamp();
            Volatile.Write(ref _pinged, value);
            _wire.Ping(value);
            _sender.Wake();
        }
    }

    private void Receive(Action onOpen)
    {
        bool wasOpen = false;
        while (_end is null && TryReceive(out int bytes))
        {
            _isHandling = true;
            Advance(bytes);
            _isHandling = false;
            _heartbeat.Heard(LinkMonitor.Now);
            if (IsOpen && !wasOpen)
            {
                wasOpen = true;
                onOpen();
            }

            _sender.Wake();
        }
    }

    private bool TryReceive(out int bytes)
    {
        try
        {
            bytes = _channel.Receive(_wire.Buffer.Span);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            bytes = 0;
            OnBroken(e);
        }

        if (bytes == 0)
        {
            OnLost("it hung up");
        }

        return bytes > 0;
    }

    private void Advance(int bytes)
    {
        if (_refusal is not null)
        {
            // Nobody listens; reading on until it hangs up lets it hear why.
            return;
        }

        try
        {
            _wire.Advance(bytes);
            if (!_isServer && _wire.Version > 0)
            {
                Open();
            }
        }
        catch (WireException e)
        {
            OnRefused(
                e.Fault is WireFault.OtherProgram or WireFault.OtherVersion
                    ? RefusalCause.OtherProgram
                    : RefusalCause.BadHello,
                e);
        }
        catch (LinkRefusedException e)
        {
            OnRefused(e.Reason, e);
        }
    }

    private void OnRefused(RefusalCause reason, Exception e)
    {
        if (_refusal is not null)
        {
            return;
        }

        if (!IsOpen)
        {
            throw new LinkRefusedException(reason, e.Message, e);
        }

        End(new LinkEnd(LinkEndKind.Refused, e.Message));
    }

    private void OnHello(IncomingMessage message)
    {
        if (_end is not null || _refusal is not null)
        {
            return;
        }

        if (message.Content is not Hello hello)
        {
            throw new LinkRefusedException(
                RefusalCause.BadHello, $"it began with {message.Content.GetType().Name}");
        }

        if (!Peer.Roles.Allows(hello.Kind))
        {
            // The other end hangs up once it has heard why; the deadline waits for that.
            _refusal = new LinkRefusedException(
                RefusalCause.WrongRole,
                $"'{Peer.Name}' is no {hello.Kind}: its certificate has the roles "
                + $"'{Peer.Roles.Text()}'");
            TurnAway(_refusal.Message);
            return;
        }

        PeerHello = hello;
        _wire.Trust();
        _wire.Release(message);
        Open();
    }

    private void Open()
    {
        if (IsOpen)
        {
            return;
        }

        _sink = _handler.SinkFor(this);
        IsOpen = true;
        OpenedAt = LinkMonitor.Now;
        _sender.Start($"link {Id}, sending");
        LinkMonitor.Shared.Add(this);
        _handler.OnOpen(this);
    }

    private void LeaveWith(object last)
    {
        TrySend(last);
        Interlocked.CompareExchange(ref _leftTicks, LinkMonitor.Now.Ticks, 0);
        _sender.Leave();
    }

    private void OnBroken(Exception e) => OnLost(e.Message);

    /// <summary>Whoever goes after a farewell is not lost.</summary>
    private void OnLost(string how) => End(_farewell is { } farewell
        ? new LinkEnd(LinkEndKind.Farewell, farewell.Why, farewell.IsDone)
        : Volatile.Read(ref _leftTicks) > 0
            ? new LinkEnd(LinkEndKind.Closed, "this node left")
            : new LinkEnd(LinkEndKind.Lost, how));

    /// <summary>The first cause counts. Whoever waits on the socket goes on.</summary>
    private void End(LinkEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is null)
        {
            _channel.Abort();
        }
    }
}
