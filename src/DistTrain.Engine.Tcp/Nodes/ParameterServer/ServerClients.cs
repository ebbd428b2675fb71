using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>The nodes that are connected to a parameter server: workers, and other parameter
/// servers.</summary>
internal sealed class ServerClients(INodeRoles node, NodeTensors tensors, INodeLog log)
    : ILinkHandler, ITensorSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Link, (NodeKind Kind, int Ordinal)> _clients = [];

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

    public void Abandon(TensorHandle handle) => node.Abandon(handle);

    private string? Take(Link link, IncomingMessage message)
    {
        if (message.Content is NodeReady ready)
        {
            lock (_gate)
            {
                _clients[link] = (link.PeerHello!.Kind, ready.Ordinal);
                Refresh();
            }

            return null;
        }

        (NodeKind Kind, int Ordinal) client;
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

    private void Refresh()
    {
        var workers = new Link?[1 + _clients.Values
            .Where(client => client.Kind == NodeKind.Worker)
            .Select(client => client.Ordinal).DefaultIfEmpty(-1).Max()];
        foreach ((Link link, (NodeKind kind, int ordinal)) in _clients)
        {
            if (kind == NodeKind.Worker)
            {
                workers[ordinal] = link;
            }
        }

        _workers = workers;
    }
}
