using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The settings of a node's actor system, each layer over the one after it: what its options say,
/// the user's own file, the file of its role, that of the cluster, that of all nodes. Akka's own
/// defaults come below by themselves.
/// </summary>
internal static class AkkaSettings
{
    /// <summary>Every node of a cluster has to call its actor system the same.</summary>
    public const string SystemName = "disttrain";

    /// <summary>The role of nodes that may lead.</summary>
    public const string HeadRole = "head";

    /// <param name="options">What the node was told.</param>
    /// <param name="roles">head, ps, worker, in the cluster; the first one's file is loaded.
    /// </param>
    /// <param name="heads">Of the cluster, as far as this node knows.</param>
    /// <exception cref="NodeException">The user's file cannot be used, or nobody could reach the
    /// node.</exception>
    public static Config Of(AkkaNodeOptions options, IReadOnlyList<string> roles, int heads)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(roles.Count);
        Config shipped = ShippedSettings.Of(roles[0]);
        Config below = options.ConfigFile is { } path
            ? UserSettings.Over(shipped, path)
            : shipped;
        return ConfigurationFactory.ParseString(Own(options, roles, heads))
            .WithFallback(below)
            // Its serializer must be known when the system starts, before anybody asks for it.
            .WithFallback(ConfigurationFactory.FromResource<ClusterSingletonManager>(
                "Akka.Cluster.Tools.Singleton.reference.conf"));
    }

    /// <summary>akka.tcp://disttrain@HOST:PORT, or akka.ssl.tcp with certificates.</summary>
    /// <param name="hostPort">HOST:PORT; an IPv6 address in brackets.</param>
    /// <param name="security">Both ends have the same.</param>
    public static string AddressOf(string hostPort, AkkaSecurity security) =>
        $"akka.{(security.UsesTls ? "ssl.tcp" : "tcp")}://{SystemName}@{hostPort}";

    private static string Own(
        AkkaNodeOptions options, IReadOnlyList<string> roles, int heads)
    {
        string publicHost = PublicHostOf(options);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              remote.dot-netty.tcp {
                hostname = {{Quote(options.Host)}}
                public-hostname = {{Quote(publicHost)}}
                port = {{options.Port}}
                dns-use-ipv6 = {{(IsIpv6(options.Host) ? "on" : "off")}}
              }
              cluster {
                seed-nodes = [{{Quote(options.Seeds.Select(
                    seed => AddressOf(seed, options.Security)))}}]
                roles = [{{Quote(roles)}}]
                split-brain-resolver.active-strategy = {{Strategy(roles, heads)}}
              }
            }
            """);
    }

    /// <summary>One head decides alone; of several, the side with more of them. Workers and
    /// parameter servers may not know how many there are, and it may be one of them that decides
    /// for its side: the majority of a single head is that head, so this is right for any number.
    /// </summary>
    private static string Strategy(IReadOnlyList<string> roles, int heads) =>
        heads == 1 && roles.Contains(HeadRole) ? "keep-oldest" : "keep-majority";

    private static string PublicHostOf(AkkaNodeOptions options)
    {
        if (options.PublicHost is { } name)
        {
            return name;
        }
        bool isEverywhere = IPAddress.TryParse(options.Host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        return isEverywhere
            ? throw new NodeException(
                $"nobody can dial {options.Host}: give --public-host with the name or address by "
                + "which other nodes reach this machine")
            : options.Host;
    }

    private static bool IsIpv6(string host) =>
        IPAddress.TryParse(host, out IPAddress? address)
        && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static string Quote(IEnumerable<string> texts) =>
        string.Join(", ", texts.Select(Quote));

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
