using System.Collections.Concurrent;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Something that a handler was told.</summary>
internal sealed record Told(Link Link, string What, object? Content = null);

/// <summary>Lists what it is told, with tensors in memory; waits for it with a limit.</summary>
internal sealed class RecordingHandler : ILinkHandler, ITensorSource, ITensorSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<Told> _told = [];
    private readonly ConcurrentDictionary<long, byte[]> _tensors = [];
    private readonly ConcurrentDictionary<long, TensorPayload> _lendable = [];
    private long _handles;
    private int _closed;

    public Action<Link> WhenOpened { get; init; } = _ => { };

    public Action<Link, IncomingMessage> WhenMessage { get; init; } = (_, _) => { };

    public ITensorSource Source => this;

    /// <summary>Tensors whose last byte is sent, or never will be.</summary>
    public int ClosedTensors => Volatile.Read(ref _closed);

    public TensorHandle Add(byte[] bytes)
    {
        var handle = new TensorHandle(Interlocked.Increment(ref _handles));
        _tensors[handle.Value] = bytes;
        return handle;
    }

    /// <summary>All of it is sent, or lent where that is possible.</summary>
    public TensorHandle Add(TensorBlock block)
    {
        var handle = new TensorHandle(Interlocked.Increment(ref _handles));
        _lendable[handle.Value] = new TensorPayload(
            TensorEncoding.Binary32, block.Bytes, Lender: block.Lender);
        return handle;
    }

    /// <summary>What the other end has lent, by handle.</summary>
    public ConcurrentDictionary<TensorHandle, BorrowedTensor> Loans { get; } = [];

    public byte[] Tensor(TensorHandle handle) => _tensors[handle.Value];

    /// <summary>Waits until it is told this, and passes over all before.</summary>
    public Told Wait(string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Told told = _told.Take(limit.Token);
            if (told.What == what)
            {
                return told;
            }
        }
    }

    public Link WaitForOpen() => Wait("open").Link;

    public LinkEnd WaitForEnd() => (LinkEnd)Wait("closed").Content!;

    public T WaitFor<T>() => (T)Wait(typeof(T).Name).Content!;

    /// <summary>What it was told since, without waiting.</summary>
    public IEnumerable<string> Rest()
    {
        while (_told.TryTake(out Told? told))
        {
            yield return told.What;
        }
    }

    public ITensorSink SinkFor(Link link) => this;

    public void OnOpen(Link link)
    {
        WhenOpened(link);
        _told.Add(new Told(link, "open"));
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        WhenMessage(link, message);
        link.Release(message);
        _told.Add(new Told(link, message.Content.GetType().Name, message.Content));
    }

    public void OnRefused(Link link, string why) => _told.Add(new Told(link, "refused", why));

    public void OnClosed(Link link, LinkEnd end) => _told.Add(new Told(link, "closed", end));

    public TensorPayload Open(TensorHandle handle) =>
        _lendable.TryGetValue(handle.Value, out TensorPayload payload)
            ? payload
            : new TensorPayload(TensorEncoding.Bytes, _tensors[handle.Value]);

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        Loans.TryAdd(handle, tensor);

    public void Close(TensorHandle handle) => Interlocked.Increment(ref _closed);

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        byte[] bytes = new byte[tensor.Bytes];
        handle = Add(bytes);
        room = bytes;
        return true;
    }

    public void Abandon(TensorHandle handle) => _tensors.TryRemove(handle.Value, out _);
}
