using System.IO.MemoryMappedFiles;
using System.Net.Sockets;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A node of which only the socket and what it says are there, and, if it has come by
/// name, the memory it was offered.</summary>
internal sealed class BarePeer : IWireEvents, IDisposable
{
    private readonly TestCluster _cluster;
    private readonly WireConnection _wire;
    private MemoryMappedViewAccessor? _view;

    private BarePeer(TestCluster cluster, Socket socket)
    {
        _cluster = cluster;
        _wire = new WireConnection(cluster.Server, cluster.Server, this);
        Socket = socket;
    }

    public Socket Socket { get; }

    /// <summary>Of the memory offered.</summary>
    public byte[] Name { get; private init; } = [];

    public SharedSegment? Memory { get; private set; }

    /// <summary>Has proven by TCP that it knows the token.</summary>
    public static BarePeer ByTcp(TestCluster cluster) =>
        new(cluster, cluster.Prove(cluster.Knock()));

    /// <summary>By name, and has read which memory it is to map.</summary>
    public static BarePeer ByName(TestCluster cluster)
    {
        Socket socket = cluster.Prove(cluster.KnockByName());
        return new BarePeer(cluster, socket)
        {
            Name = socket.ReadExactly(SharedSegment.NameBytes),
        };
    }

    /// <summary>Maps the memory, and says so.</summary>
    public BarePeer Map()
    {
        using var file = MemoryMappedFile.CreateFromFile(
            $"/dev/shm/disttrain-{Convert.ToHexStringLower(Name)}", FileMode.Open);
        _view = file.CreateViewAccessor();
        Memory = SharedSegment.TryOpen(Name, 2).ShouldNotBeNull();
        Socket.Send([1]);
        return this;
    }

    /// <summary>Says hello.</summary>
    /// <returns>The other end's link.</returns>
    public Link Join()
    {
        Say(TestCluster.Hello());
        return _cluster.Server.WaitForOpen();
    }

    public void Say(object message)
    {
        _wire.TrySend(message).ShouldBeTrue();
        while (_wire.TryTake(out OutgoingFrame frame))
        {
            byte[] bytes = [.. frame.Head.Span, .. frame.Body.Span];
            if (Memory is null)
            {
                Socket.Send(bytes);
            }
            else
            {
                Memory.Rings[0].Write(bytes).ShouldBe(bytes.Length);
            }
        }

        if (Memory is not null)
        {
            Socket.Send([1]);
        }
    }

    /// <summary>Says that it has written what it cannot have.</summary>
    public void Spoil()
    {
        _view!.Write(0, -1L);
        Socket.Send([1]);
    }

    public void Dispose()
    {
        Socket.Dispose();
        Memory?.Dispose();
        _view?.Dispose();
    }

    void IWireEvents.OnMessage(IncomingMessage message)
    {
    }

    void IWireEvents.OnRefused(long number, string why)
    {
    }

    void IWireEvents.OnPong(long value)
    {
    }
}
