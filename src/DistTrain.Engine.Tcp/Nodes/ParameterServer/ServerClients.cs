using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>The nodes that are connected to a parameter server: workers, and other parameter
/// servers.</summary>
/// <param name="node">The roles here.</param>
/// <param name="tensors">What the node sends from.</param>
/// <param name="onWorker">Hears that a worker can be sent to from now on.</param>
/// <param name="log">For people.</param>
internal sealed class ServerClients(
    INodeRoles node, NodeTensors tensors, Action<WorkerId> onWorker, INodeLog log)
    : ILinkHandler, ITensorSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Link, Client> _clients = [];
    private long _said;

    // By worker; replaced, never changed. Null: none just now.
    private volatile Link?[] _workers = [];

    public ITensorSource Source => tensors;

    /// <summary>The connections to workers, by id.</summary>
    public ReadOnlySpan<Link?> Workers => _workers;

    public Link? Find(WorkerId worker)
    {
        Link?[] workers = _workers;
        return worker.Value >= 0 && worker.Value < workers.Length ? workers[worker.Value] : null;
    }

    public ITensorSink SinkFor(Link link) => this;

    public void OnOpen(Link link)
    {
        if (link.PeerHello!.Kind == NodeKind.Probe)
        {
            link.TrySend(new ProbeAnswer(
                null, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), ThisProgram.Version));
        }
        else if (link.PeerHello.Kind == NodeKind.Head)
        {
            link.TurnAway("this is a parameter server; it connects to its head by itself");
        }
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        string? refusal = Take(link, message);
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
        lock (_gate)
        {
            _clients.Remove(link);
            Refresh();
        }
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room) =>
        node.TryRent(message, tensor, out handle, out room);

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        node.TryAdopt(handle, tensor);

    public void Abandon(TensorHandle handle) => node.Abandon(handle);

    private string? Take(Link link, IncomingMessage message)
    {
        if (message.Content is NodeReady ready)
        {
            return TakeIn(link, link.PeerHello!.Kind, ready.Ordinal);
        }

        Client? client;
        lock (_gate)
        {
            if (!_clients.TryGetValue(link, out client))
            {
                return "it did not say which node it is";
            }
        }

        return message.Content is ParameterServerMessage said
            && Senders.IsHonest(client.Kind, client.Ordinal, said)
            ? node.TryDeliver(message)
            : "it speaks for another";
    }

    private string? TakeIn(Link link, NodeKind kind, int ordinal)
    {
        if (ordinal >= TcpLimits.Nodes)
        {
            return $"a run has {TcpLimits.Nodes} nodes";
        }

        lock (_gate)
        {
            _clients[link] = new Client(kind, ordinal, ++_said);
            Refresh();
        }

        if (kind == NodeKind.Worker)
        {
            onWorker(new WorkerId(ordinal));
        }

        return null;
    }

    /// <summary>Of two connections under one number the one counts that said so last: the other is
    /// dead, or its node has another number since.</summary>
    private void Refresh()
    {
        var workers = new Link?[1 + _clients.Values
            .Where(client => client.Kind == NodeKind.Worker)
            .Select(client => client.Ordinal).DefaultIfEmpty(-1).Max()];
        foreach ((Link link, Client client) in _clients.OrderBy(pair => pair.Value.Said))
        {
            if (client.Kind == NodeKind.Worker)
            {
                workers[client.Ordinal] = link;
            }
        }

        _workers = workers;
    }

    /// <param name="Kind">Worker or parameter server.</param>
    /// <param name="Ordinal">Which.</param>
    /// <param name="Said">When it said so, in the order of all that was said.</param>
    private sealed record Client(NodeKind Kind, int Ordinal, long Said);
}
