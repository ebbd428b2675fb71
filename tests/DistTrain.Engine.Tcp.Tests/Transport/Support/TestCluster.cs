using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A listener on loopback and those who dial it.</summary>
internal sealed class TestCluster : IDisposable
{
    /// <summary>A limit of a test's own waiting, not of what it tests.</summary>
    private const int LimitMilliseconds = 20_000;

    private readonly List<IDisposable> _open = [];

    public TestCluster(
        LinkOptions? options = null, LinkSecurity? security = null, RecordingHandler? server = null)
    {
        Options = options ?? LinkOptions.Default;
        Security = security ?? LinkSecurity.FromToken(Token);
        Server = server ?? new RecordingHandler();
        Listener = new LinkListener(
            new IPEndPoint(IPAddress.Loopback, 0), Security, Server, Options, Log.Enqueue);
        Listener.Start();
        _open.Add(Listener);
    }

    public RunToken Token { get; } = RunToken.Create();

    public LinkOptions Options { get; }

    public LinkSecurity Security { get; }

    public RecordingHandler Server { get; }

    public LinkListener Listener { get; }

    public ConcurrentQueue<string> Log { get; } = [];

    public BlockingCollection<string> Failures { get; } = [];

    public static Hello Hello(NodeKind kind = NodeKind.Worker) =>
        new(kind, "tester", Guid.NewGuid(), null, 2, "test 1");

    /// <summary>Dials; a wait ends the dialling.</summary>
    public LinkDialer Dial(
        RecordingHandler handler, LinkSecurity? security = null, string host = "127.0.0.1",
        NodeKind kind = NodeKind.Worker, Func<TimeSpan, bool>? wait = null, int? port = null)
    {
        var settings = new LinkDialerSettings
        {
            Host = host,
            Port = port ?? Listener.EndPoint.Port,
            Security = security ?? Security,
            Hello = () => Hello(kind),
            OnFailure = Failures.Add,
        };
        var dialer = new LinkDialer(settings, handler, Options, wait ?? (_ => true));
        _open.Add(dialer);
        dialer.Start();
        return dialer;
    }

    /// <summary>Both ends of an open link.</summary>
    public (Link Client, Link Server) Connect(RecordingHandler client)
    {
        Dial(client);
        return (client.WaitForOpen(), Server.WaitForOpen());
    }

    public string WaitForFailure()
    {
        Failures.TryTake(out string? failure, LimitMilliseconds).ShouldBeTrue();
        return failure!;
    }

    /// <summary>Waits until so many were refused for this; gives the first line of the log.
    /// </summary>
    public string WaitForRefusal(RefusalCause cause, int count = 1)
    {
        WaitUntil(() => Listener.Refused(cause) >= count);
        Listener.Refused(cause).ShouldBe(count);
        return Log.First();
    }

    public void WaitUntil(Func<bool> condition) =>
        SpinWait.SpinUntil(condition, LimitMilliseconds).ShouldBeTrue(string.Join("; ", Log));

    /// <summary>A connection of somebody who knows nothing.</summary>
    public Socket Knock()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = LimitMilliseconds,
        };
        socket.Connect(Listener.EndPoint);
        _open.Add(socket);
        return socket;
    }

    /// <summary>Likewise, by the listener's name.</summary>
    public Socket KnockByName()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = LimitMilliseconds,
        };
        socket.Connect(LocalName.Of(Listener.EndPoint, Security)!);
        _open.Add(socket);
        return socket;
    }

    /// <summary>A connection that knows the token and has said nothing else.</summary>
    public Socket Prove() => Prove(Knock());

    public Socket Prove(Socket socket)
    {
        socket.Send([0x89, (byte)'D', (byte)'T', (byte)'K', .. new byte[16]]);
        byte[] answer = socket.ReadExactly(48);
        byte[] signature = new byte[32];
        Token.Sign([(byte)'C', .. new byte[16], .. answer[..16]], signature);
        socket.Send(signature);
        return socket;
    }

    public void Dispose() => _open.ForEach(each => each.Dispose());
}
