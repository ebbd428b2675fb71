using DistTrain.Engine.Tcp;
using DistTrain.Protocol;
using DistTrain.Wire;
using IMessageLink = DistTrain.Engine.IMessageLink;

namespace DistTrain.Benchmarks.Wire;

/// <summary>A node whose tensors are one block: only their length differs.</summary>
internal abstract class WireNode : ILinkHandler, ITensorSource, ITensorSink
{
    /// <summary>With its frame's header, 64 bytes.</summary>
    private static readonly string SmallText = new('.', 36);

    private readonly byte[] _sent =
        GC.AllocateArray<byte>(WireRows.LargeGradientBytes, pinned: true);

    private readonly byte[] _received =
        GC.AllocateArray<byte>(WireRows.LargeGradientBytes, pinned: true);

    public ITensorSource Source => this;

    /// <param name="version">Tells what it is about.</param>
    public static CheckpointKept Small(long version) => new(version, SmallText);

    /// <param name="bytes">Of its tensor.</param>
    /// <param name="step">Tells what it is about.</param>
    public static Contribution Tensor(int bytes, long step) => new(
        default, step, new TreeNode(0, 1), new WorkerId(0), new TensorHandle(bytes),
        new Basis(default, step));

    public ITensorSink SinkFor(Link link) => this;

    public virtual void OnOpen(Link link)
    {
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        link.Release(message);
        Receive(link, message.Content);
    }

    public void OnRefused(Link link, string why) => throw new InvariantException(why);

    public void OnClosed(Link link, LinkEnd end)
    {
    }

    public TensorPayload Open(TensorHandle handle) =>
        new(TensorEncoding.Binary32, _sent.AsMemory(0, (int)handle.Value));

    public void Close(TensorHandle handle)
    {
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        handle = new TensorHandle(tensor.Bytes);
        room = _received.AsMemory(0, tensor.Bytes);
        return true;
    }

    public void Abandon(TensorHandle handle)
    {
    }

    /// <param name="back">To the node that sent it.</param>
    /// <param name="content">Of the message.</param>
    public abstract void Receive(IMessageLink back, object content);

    protected static void Send(IMessageLink link, object message)
    {
        if (!link.TrySend(message))
            throw new InvariantException("the queue is full");
    }
}
