using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A node's end of its connection to the head: messages to roles go to their mailboxes,
/// the rest to the node's own thread.</summary>
/// <param name="node">The node.</param>
/// <param name="tensors">What the node sends from.</param>
/// <param name="events">For the node's own thread.</param>
/// <param name="log">For people.</param>
internal sealed class HeadLink(
    INodeRoles node, NodeTensors tensors, HeadEvents events, INodeLog log)
    : ILinkHandler, ITensorSink
{
    private volatile TaskCompletionSource _closed = new();
    private volatile Link? _link;

    /// <summary>Null while there is no connection.</summary>
    public Link? Link => _link;

    public ITensorSource Source => tensors;

    public ITensorSink SinkFor(Link link) => this;

    /// <summary>Says farewell and waits until the head has heard it, or for so long.</summary>
    public void Leave(Farewell farewell, TimeSpan patience)
    {
        Task closed = _closed.Task;
        if (_link is { } link)
        {
            link.Leave(farewell);
            closed.Wait(patience);
        }
    }

    public void OnOpen(Link link)
    {
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _link = link;
        log.Debug($"connected to the head at {link.RemoteEndPoint}");
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        string? refusal = Take(link, message);
        link.Release(message);
        if (refusal is not null)
        {
            Forget(message.Content);
            log.Debug($"head: {message.Content.GetType().Name} refused: {refusal}");
        }
    }

    public void OnRefused(Link link, string why) => log.Debug($"head: refused: {why}");

    public void OnClosed(Link link, LinkEnd end)
    {
        _link = null;
        _closed.TrySetResult();
        events.Post(new HeadEvent.Lost(end));
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        int most = message switch
        {
            Welcome => RunDescription.MostBytes,
            DataPart or StatePart => 2 << 20,
            _ => 0,
        };
        if (tensor.Bytes > most)
        {
            return node.TryRent(message, tensor, out handle, out room);
        }

        handle = tensors.Documents.Rent(tensor, out room);
        return true;
    }

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        node.TryAdopt(handle, tensor);

    public void Abandon(TensorHandle handle)
    {
        if (NodeHandle.Of(handle).Kind == TensorKind.Document)
        {
            tensors.Documents.Remove(handle);
        }
        else
        {
            node.Abandon(handle);
        }
    }

    private string? Take(Link link, IncomingMessage message)
    {
        switch (message.Content)
        {
            case Welcome welcome:
                Post(link, new HeadEvent.Welcomed(
                    link, welcome.Run, welcome.Ordinal,
                    tensors.Documents.Take(welcome.Description)));
                return null;
            case DataPart part:
                Post(link, new HeadEvent.Data(part, tensors.Documents.Take(part.Bytes)));
                return null;
            case SlicePlaces places:
                Post(link, new HeadEvent.Places(places));
                return null;
            case Farewell:
                return null; // the end of the link tells it
            default:
                return node.TryDeliver(message);
        }
    }

    private void Post(Link link, HeadEvent said)
    {
        if (!events.TryPost(said))
        {
            link.Close("it says more than this node can take");
        }
    }

    /// <summary>Nobody took its tensor.</summary>
    private void Forget(object message)
    {
        if (message is StatePart part)
        {
            tensors.Documents.Remove(part.Values);
        }
    }
}

/// <summary>The roles of a node, as connections see them. Called by receiving threads.</summary>
internal interface INodeRoles
{
    /// <summary>Room for the tensor of a message to a role.</summary>
    bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room);

    /// <inheritdoc cref="ITensorSink.TryAdopt"/>
    bool TryAdopt(TensorHandle handle, BorrowedTensor tensor);

    /// <summary>The rest of that tensor will not come.</summary>
    void Abandon(TensorHandle handle);

    /// <returns>Null if it was delivered; else why not.</returns>
    string? TryDeliver(IncomingMessage message);
}
