using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Akka;

/// <summary>Seeds behind one name: all addresses that it resolves to, as a headless service of
/// Kubernetes or a service of Docker has them.</summary>
/// <param name="name">The name.</param>
/// <param name="port">Where each listens.</param>
public sealed class DnsSeedDiscovery(string name, int port) : ISeedDiscovery
{
    /// <summary>By address, so that all nodes agree on the first one.</summary>
    public IReadOnlyList<string> Find(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return
            [
                .. Dns.GetHostAddresses(name)
                    .Select(address => address.AddressFamily == AddressFamily.InterNetworkV6
                        ? $"[{address}]:{port}"
                        : $"{address}:{port}")
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (SocketException)
        {
            return []; // the name is not known yet
        }
    }
}
