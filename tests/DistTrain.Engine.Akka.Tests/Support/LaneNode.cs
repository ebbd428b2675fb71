using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A message that came on a lane.</summary>
internal sealed record Arrived(
    Address From, object Content, WireStream Stream, int Recipient, byte[]? Tensor,
    IMessageLink Back);

/// <summary>A node with an office of lanes, tensors, and lists of all that it was told.</summary>
internal sealed class LaneNode : ILaneHandler, ITensorSource, ITensorSink, IDisposable
{
    public static readonly LaneSettings Quick = LaneSettings.Default with
    {
        FirstRetry = TimeSpan.FromMilliseconds(20),
        LongestRetry = TimeSpan.FromMilliseconds(200),
        ProbeInterval = TimeSpan.FromMilliseconds(100),
    };

    private readonly ConcurrentDictionary<long, byte[]> _tensors = [];
    private readonly BlockingCollection<Arrived> _arrived = [];
    private readonly BlockingCollection<string> _refused = [];
    private readonly BlockingCollection<string> _broken = [];
    private readonly BlockingCollection<Exception> _faults = [];
    private long _handles;
    private int _opened;
    private int _closed;
    private int _abandoned;

    public LaneNode(ActorSystem system, LaneSettings? settings = null)
    {
        System = system;
        Office = LaneOffice.Start(system, this, settings ?? Quick);
    }

    public ActorSystem System { get; }

    public LaneOffice Office { get; }

    public Address Address => LoopbackNode.AddressOf(System);

    public ITensorSource Source => this;

    /// <summary>Asked before there is room for a tensor.</summary>
    public Func<object, bool> HasRoom { get; set; } = _ => true;

    /// <summary>Called with every message, on the lane's actor.</summary>
    public Action<object> OnArrival { get; set; } = _ => { };

    public int Opened => Volatile.Read(ref _opened);

    public int Closed => Volatile.Read(ref _closed);

    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>Messages that wait to be taken.</summary>
    public int Waiting => _arrived.Count;

    public static LaneNode Start(int port = 0, LaneSettings? settings = null) =>
        new(LoopbackNode.Start(port), settings);

    public static Contribution Contribution(TensorHandle handle, long step = 0) =>
        new(new RunId(Guid.Empty), step, new TreeNode(0, 1), new WorkerId(0), handle,
            new Basis(default, step));

    public static DataPart DataPart(TensorHandle handle, long offset) =>
        new(new string('a', 64), offset, offset + 1, handle);

    /// <summary>What tells messages of these tests apart.</summary>
    public static long NumberOf(object message) => message switch
    {
        Contribution contribution => contribution.Step,
        DataPart part => part.Offset,
        AllowSteps allow => allow.Version,
        _ => -1,
    };

    public TensorHandle Add(byte[] bytes)
    {
        long handle = Interlocked.Increment(ref _handles);
        _tensors[handle] = bytes;
        return new TensorHandle(handle);
    }

    public TensorHandle Add(int bytes) => Add(new byte[bytes]);

    /// <summary>A system whose office is a probe of this node's, over the network.</summary>
    public ActorSystem OfficeOf(TestProbe probe)
    {
        ActorSystem system = LoopbackNode.Start();
        IActorRef there = ((ExtendedActorSystem)system).Provider.ResolveActorRef(
            probe.Ref.Path.ToSerializationFormatWithAddress(Address));
        system.ActorOf(Props.Create<Ear>(there), LaneOffice.ActorName);
        return system;
    }

    public Arrived Next() => Next(_arrived);

    public string NextRefused() => Next(_refused);

    public string NextBroken() => Next(_broken);

    public Exception NextFault() => Next(_faults);

    public void Dispose() => System.Dispose();

    ITensorSink ILaneHandler.SinkFor(Address from) => this;

    void ILaneHandler.OnMessage(Address from, IncomingMessage message, IMessageLink back)
    {
        OnArrival(message.Content);
        TensorHandle? handle = message.Content switch
        {
            Contribution contribution => contribution.Gradient,
            DataPart part => part.Bytes,
            _ => null,
        };
        _arrived.Add(new Arrived(
            from, message.Content, message.Stream, message.Recipient,
            handle is { } there ? _tensors[there.Value] : null, back));
    }

    void ILaneHandler.OnRefused(Address from, string why) => _refused.Add(why);

    void ILaneHandler.OnBroken(Address node, string why) => _broken.Add(why);

    void ILaneHandler.OnFault(Exception e) => _faults.Add(e);

    TensorPayload ITensorSource.Open(TensorHandle handle)
    {
        Interlocked.Increment(ref _opened);
        return new TensorPayload(TensorEncoding.Bytes, _tensors[handle.Value]);
    }

    void ITensorSource.Close(TensorHandle handle)
    {
        // Whoever looks at it from now on sees another one.
        _tensors.TryRemove(handle.Value, out byte[]? bytes).ShouldBeTrue();
        Array.Fill(bytes!, (byte)0xee);
        Interlocked.Increment(ref _closed);
    }

    bool ITensorSink.TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        handle = default;
        room = default;
        if (!HasRoom(message))
        {
            return false;
        }

        byte[] bytes = new byte[tensor.Bytes];
        handle = Add(bytes);
        room = bytes;
        return true;
    }

    void ITensorSink.Abandon(TensorHandle handle)
    {
        _tensors.TryRemove(handle.Value, out _).ShouldBeTrue();
        Interlocked.Increment(ref _abandoned);
    }

    private static T Next<T>(BlockingCollection<T> from) =>
        from.TryTake(out T? there, LoopbackNode.Patience)
            ? there
            : throw new TimeoutException($"no {typeof(T).Name} in {LoopbackNode.Patience}");
}
