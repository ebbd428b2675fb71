using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A node's end of its connection to a parameter server that is no head.</summary>
/// <param name="node">The roles here.</param>
/// <param name="tensors">What the node sends from.</param>
/// <param name="ordinal">Which worker or parameter server this node is.</param>
/// <param name="log">For people.</param>
internal sealed class ServerLink(
    INodeRoles node, NodeTensors tensors, Func<int> ordinal, INodeLog log)
    : ILinkHandler, ITensorSink
{
    /// <summary>The head has not said yet which node this is.</summary>
    public const int NoOrdinal = -1;

    private volatile Link? _link;

    /// <summary>Null while there is no connection.</summary>
    public Link? Link => _link;

    public ITensorSource Source => tensors;

    public ITensorSink SinkFor(Link link) => this;

    public void OnOpen(Link link)
    {
        _link = link;
        SayWhoThisIs();
    }

    /// <summary>The other end has to know which worker sends; said again when it changes.
    /// </summary>
    public void SayWhoThisIs()
    {
        if (ordinal() is var number and not NoOrdinal)
        {
            _link?.TrySend(new NodeReady(number, string.Empty));
        }
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        string? refusal = node.TryDeliver(message);
        link.Release(message);
        if (refusal is not null)
        {
            log.Debug(
                $"{link.RemoteEndPoint}: {message.Content.GetType().Name} refused: {refusal}");
        }
    }

    public void OnRefused(Link link, string why) =>
        log.Debug($"{link.RemoteEndPoint}: refused: {why}");

    public void OnClosed(Link link, LinkEnd end)
    {
        _link = null;
        log.Information($"parameter server {link.RemoteEndPoint}: {end.Cause}");
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room) =>
        node.TryRent(message, tensor, out handle, out room);

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        node.TryAdopt(handle, tensor);

    public void Abandon(TensorHandle handle) => node.Abandon(handle);
}
