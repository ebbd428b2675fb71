using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Akka;

/// <summary>
/// How nodes on Akka.NET prove that they belong: by certificates of the cluster's own authority,
/// or not at all, on loopback alone.
/// </summary>
public sealed class AkkaSecurity
{
    private AkkaSecurity(X509Certificate2? node, X509Certificate2? authority)
    {
        Node = node;
        Authority = authority;
    }

    /// <summary>No proof; listens on loopback addresses only. Whoever has an account on this
    /// machine can then join.</summary>
    public static AkkaSecurity LoopbackOnly { get; } = new(null, null);

    /// <summary>Mutual TLS.</summary>
    /// <param name="node">This node's certificate, with its key.</param>
    /// <param name="authority">The only root that is believed.</param>
    public static AkkaSecurity MutualTls(X509Certificate2 node, X509Certificate2 authority)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(authority);
        return new AkkaSecurity(node, authority);
    }

    internal X509Certificate2? Node { get; }

    internal X509Certificate2? Authority { get; }

    internal bool UsesTls => Node is not null;

    /// <exception cref="NodeException">It must not listen there.</exception>
    internal void CheckListening(string host)
    {
        if (!UsesTls && !IsLoopback(host))
        {
            throw new NodeException(
                $"'{host}' can be reached from outside this machine: give certificates with "
                + "--certs (disttrain certs init, disttrain certs node), or listen on 127.0.0.1");
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
