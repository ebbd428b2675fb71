using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>One end of a connection, with tensors and a list of all that came.</summary>
internal sealed class TestNode : ITensorSource, ITensorSink, IWireEvents
{
    private readonly Lazy<TensorPool> _pool = new(() => new TensorPool(1L << 30));
    private readonly Dictionary<long, TensorPayload> _outgoing = [];
    private readonly Dictionary<long, TensorBuffer> _incoming = [];
    private long _handles;

    public TestNode(TensorSharing? sharing = null) =>
        Connection = new WireConnection(this, this, this, sharing);

    public WireConnection Connection { get; }

    public List<IncomingMessage> Received { get; } = [];

    public List<(long Number, string Why)> Refused { get; } = [];

    /// <summary>What rooms were asked for.</summary>
    public List<TensorDescription> Announced { get; } = [];

    public List<long> Pongs { get; } = [];

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    public int Abandoned { get; private set; }

    public bool HasRoom { get; set; } = true;

    /// <summary>Reads what the other end lends where it is.</summary>
    public bool Adopts { get; set; }

    public BorrowedTensor? Adopted { get; private set; }

    /// <summary>Gives credit back as soon as a message has come.</summary>
    public bool ReleasesAtOnce { get; set; } = true;

    public static (TestNode Left, TestNode Right) Pair(TensorSharing? sharing = null)
    {
        var pair = (Left: new TestNode(sharing), Right: new TestNode(sharing));
        pair.Left.Connection.Trust();
        pair.Right.Connection.Trust();
        return pair;
    }

    public static Contribution Contribution(TensorHandle handle, long step = 0) =>
        new(new RunId(Guid.Empty), step, new TreeNode(0, 1), new WorkerId(0), handle,
            new Basis(default, step));

    public TensorHandle Add(
        byte[] bytes, TensorEncoding encoding = TensorEncoding.Binary32, byte[]? note = null)
    {
        _outgoing[_handles] = new TensorPayload(encoding, bytes, note);
        return new TensorHandle(_handles++);
    }

    public TensorHandle Add(TensorPayload payload)
    {
        _outgoing[_handles] = payload;
        return new TensorHandle(_handles++);
    }

    public TensorBuffer Incoming(TensorHandle handle) => _incoming[handle.Value];

    /// <summary>Moves all that can be sent to the other end, in pieces of random sizes.</summary>
    /// <returns>False if there was nothing.</returns>
    public bool SendTo(TestNode other, Random? random = null)
    {
        bool hasSent = false;
        while (Connection.TryTake(out OutgoingFrame frame))
        {
            other.Receive([.. frame.Head.Span, .. frame.Body.Span], random);
            hasSent = true;
        }

        return hasSent;
    }

    /// <summary>Moves all that can be sent either way.</summary>
    public static void Exchange(TestNode left, TestNode right, Random? random = null)
    {
        while (left.SendTo(right, random) | right.SendTo(left, random))
        {
        }
    }

    public void Receive(ReadOnlySpan<byte> bytes, Random? random = null)
    {
        while (!bytes.IsEmpty)
        {
            int most = Math.Min(bytes.Length, Connection.Buffer.Length);
            int length = random?.Next(1, 1 + most) ?? most;
            bytes[..length].CopyTo(Connection.Buffer.Span);
            Connection.Advance(length);
            bytes = bytes[length..];
        }
    }

    TensorPayload ITensorSource.Open(TensorHandle handle)
    {
        Opened++;
        return _outgoing[handle.Value];
    }

    void ITensorSource.Close(TensorHandle handle) => Closed++;

    bool ITensorSink.TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        handle = new TensorHandle(_handles++);
        room = default;
        Announced.Add(tensor);
        if (!HasRoom)
        {
            return false;
        }

        _pool.Value.TryRent(tensor.Bytes, out TensorBuffer? buffer).ShouldBeTrue();
        _incoming[handle.Value] = buffer!;
        room = buffer!.Bytes;
        return true;
    }

    bool ITensorSink.TryAdopt(TensorHandle handle, BorrowedTensor tensor)
    {
        Adopted = Adopts ? tensor : null;
        return Adopts;
    }

    void ITensorSink.Abandon(TensorHandle handle)
    {
        Abandoned++;
        _pool.Value.Return(_incoming[handle.Value]);
    }

    void IWireEvents.OnMessage(IncomingMessage message)
    {
        Received.Add(message);
        if (ReleasesAtOnce)
        {
            Connection.Release(message);
        }
    }

    void IWireEvents.OnRefused(long number, string why) => Refused.Add((number, why));

    void IWireEvents.OnPong(long value) => Pongs.Add(value);
}
