using System.IO.MemoryMappedFiles;
using System.Net.Sockets;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A node of which only the socket and what it says are there, and, if it has come by
/// name, the memory it was offered.</summary>
internal sealed class BarePeer : IWireEvents, IDisposable
{
    private readonly TestCluster _cluster;
    private readonly WireConnection _wire;
    private MemoryMappedViewAccessor? _view;
    private SharedTensor? _lent;

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
    /// <param name="lends">Says that it has mapped a tensor, and lends one; else it does neither.
    /// </param>
    public BarePeer Map(bool lends = false)
    {
        using var file = MemoryMappedFile.CreateFromFile(
            $"/dev/shm/disttrain-{Convert.ToHexStringLower(Name)}", FileMode.Open);
        _view = file.CreateViewAccessor();
        Memory = SharedSegment.TryOpen(Name, 2).ShouldNotBeNull();
        Socket.Send([1]);
        Socket.ReadExactly(TensorPlace.Bytes);
        byte[] place = new byte[TensorPlace.Bytes];
        if (lends)
        {
            _lent = SharedTensor.TryCreate(1).ShouldNotBeNull();
            _lent.Place(0, 0).Write(place);
        }

        byte yes = (byte)(lends ? 1 : 0);
        Socket.Send([yes, .. place]);
        Socket.ReadExactly(1).ShouldBe([yes]);
        return this;
    }

    /// <summary>Reads, and drops, so many bytes from the memory.</summary>
    public void ReadUntil(int bytes)
    {
        byte[] buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            int read = Memory!.Rings[1].Read(buffer);
            bytes -= read;
            if (read == 0)
            {
                Thread.Yield();
            }
            else if (Memory.Rings[1].TakeWriterWaits())
            {
                Socket.Send([1]);
            }
        }
    }

    /// <summary>Announces a tensor that would be in a memory which there is not.</summary>
    public void SayPlaceOfNothing()
    {
        _wire.TrySend(new Contribution(
            default, 0, new TreeNode(0, 1), new WorkerId(0),
            _cluster.Server.Add(new TensorBlock(null, 100_000, inPage: 0)), new Basis(default, 0)))
            .ShouldBeTrue();
        _wire.TryTake(out OutgoingFrame message).ShouldBeTrue();
        byte[] place = new byte[TensorPlace.Bytes];
        new TensorPlace(Environment.ProcessId, 100_000, Key: 1, 0, 0).Write(place);
        byte[] bytes =
        [
            .. message.Head.Span, .. message.Body.Span,
            6, 1, 0, 0, TensorPlace.Bytes, 0, 0, 0, .. new byte[8], .. place,
        ];
        Memory!.Rings[0].Write(bytes).ShouldBe(bytes.Length);
        Socket.Send([1]);
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
        ((IDisposable?)_lent)?.Dispose();
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
