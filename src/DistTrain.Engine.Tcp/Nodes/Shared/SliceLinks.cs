using System.Collections.Immutable;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A node's connections to the slices of others: over the head's, and one to each other parameter
/// server that the head names.
/// </summary>
/// <param name="head">The connection to the head.</param>
/// <param name="dial">Begins to dial HOST and PORT, with a handler.</param>
/// <param name="handler">Makes the handler of one connection.</param>
internal sealed class SliceLinks(
    HeadLink head, Func<string, int, ILinkHandler, LinkDialer> dial,
    Func<ServerLink> handler) : IDisposable
{
    private readonly Dictionary<string, (LinkDialer Dialer, ServerLink Link)> _servers = [];
    private volatile ServerLink?[] _bySlice = [];
    private long _number = -1;

    /// <summary>The connection to a slice; null: there is none just now.</summary>
    public Link? Find(SliceId slice)
    {
        ServerLink?[] bySlice = _bySlice;
        return slice.Value < bySlice.Length && bySlice[slice.Value] is { } server
            ? server.Link
            : head.Link;
    }

    /// <summary>The connections to all parameter servers, whether open or not.</summary>
    public IEnumerable<ServerLink> Servers => _servers.Values.Select(server => server.Link);

    /// <summary>The head says where the slices are. By the node's own thread.</summary>
    /// <param name="places">An empty address is the head's.</param>
    /// <param name="own">This node's own address: its slices need no connection.</param>
    public void Take(SlicePlaces places, string own)
    {
        if (places.Number < _number)
        {
            return;
        }

        _number = places.Number;
        string[] wanted =
            [.. places.Addresses.Where(a => a.Length > 0 && a != own).Distinct()];
        foreach (string gone in _servers.Keys.Except(wanted).ToArray())
        {
            _servers.Remove(gone, out (LinkDialer Dialer, ServerLink Link) server);
            server.Dialer.Dispose();
        }

        foreach (string address in wanted.Where(a => !_servers.ContainsKey(a)))
        {
            Add(address);
        }

        _bySlice = [.. places.Addresses.Select(address =>
            _servers.TryGetValue(address, out (LinkDialer, ServerLink Link) server)
                ? server.Link
                : null)];
    }

    /// <summary>Another head may count anew.</summary>
    public void Reset() => _number = -1;

    public void Dispose()
    {
        foreach ((LinkDialer dialer, _) in _servers.Values)
        {
            dialer.Dispose();
        }
    }

    private void Add(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port))
        {
            throw new NodeException($"the head names a parameter server at '{address}'");
        }

        ServerLink link = handler();
        LinkDialer dialer = dial(address[..colon].Trim('[', ']'), port, link);
        _servers.Add(address, (dialer, link));
        dialer.Start();
    }
}
