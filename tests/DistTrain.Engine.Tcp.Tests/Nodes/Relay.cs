using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Stands between nodes and a head on loopback: an address that stays while heads come and
/// go, and connections that can be cut without a word.</summary>
internal sealed class Relay : IDisposable
{
    private const int Bytes = 1 << 16;

    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly Socket _listener = new(
        AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private volatile IPEndPoint? _target;

    public Relay()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Start(Listen);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections go there from now on.</summary>
    public void PointTo(IPEndPoint target) => _target = target;

    /// <summary>All connections end; nobody answers until there is another target.</summary>
    public void Cut()
    {
        _target = null;
        DropAll();
    }

    /// <summary>All connections end; new ones are let through.</summary>
    public void DropAll()
    {
        Socket[] all;
        lock (_gate)
        {
            all = [.. _sockets];
            _sockets.Clear();
        }

        foreach (Socket socket in all)
        {
            socket.Close(0);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private void Listen()
    {
        while (true)
        {
            Socket near = _listener.Accept();
            if (_target is not { } target)
            {
                near.Dispose();
                continue;
            }

            var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            far.Connect(target);
            lock (_gate)
            {
                _sockets.AddRange([near, far]);
            }

            Start(() => Pump(near, far));
            Start(() => Pump(far, near));
        }
    }

    private static void Pump(Socket from, Socket to)
    {
        byte[] buffer = new byte[Bytes];
        try
        {
            for (int got = from.Receive(buffer); got > 0; got = from.Receive(buffer))
            {
                to.Send(buffer.AsSpan(0, got));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close(0);
            to.Close(0);
        }
    }

    private static void Start(Action run) => new Thread(() =>
    {
        try
        {
            run();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or one end is gone.
            return;
        }
    })
    {
        IsBackground = true,
    }.Start();
}
