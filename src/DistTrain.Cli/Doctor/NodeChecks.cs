using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>What stands between this machine and a node on another: each step of the way by
/// itself, so that the first that fails names the cause.</summary>
internal static class NodeChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whose clocks differ by more finds certificates not valid yet, and reads logs in
    /// the wrong order.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    /// <summary>A node could listen there.</summary>
    public static Finding Port(IPEndPoint at) => PortCheck.WhyNot(at) is { } why
        ? new(Verdict.Note, "port", $"{at}: {why}",
            "if no node of yours listens there, end what does, or give head --listen another port")
        : new(Verdict.Good, "port", $"{at} is free");

    public static IEnumerable<Finding> Certificates(Credentials credentials)
    {
        if (credentials.Certificates is not { } folder)
        {
            return [];
        }
        return CertificateFolder.Examine(folder, DateTimeOffset.UtcNow).Select(found => new Finding(
            found.Verdict switch
            {
                CertificateVerdict.Good => Verdict.Good,
                CertificateVerdict.Note => Verdict.Note,
                _ => Verdict.Bad,
            },
            found.What, found.Found, found.Fix));
    }

    /// <summary>Name, connection, handshake and answer, as far as it goes.</summary>
    public static IEnumerable<Finding> Reach(HostPort node, Credentials credentials)
    {
        Finding name = Name(node.Host);
        yield return name;
        if (name.Verdict == Verdict.Bad)
        {
            yield break;
        }
        Finding connection = Connection(node);
        yield return connection;
        if (connection.Verdict == Verdict.Bad)
        {
            yield break;
        }
        foreach (Finding finding in Health(node, credentials))
        {
            yield return finding;
        }
    }

    /// <summary>Handshake and answer.</summary>
    public static IEnumerable<Finding> Health(HostPort node, Credentials credentials)
    {
        NodeReport report;
        string? failure = null;
        try
        {
            report = NodeProbe.Ask(node.Host, node.Port, credentials.OfNode(), Patience);
        }
        catch (Exception e) when (e is NodeException or SecuritySetupException or CommandException)
        {
            (report, failure) = (null!, e.Message);
        }
        if (failure is not null)
        {
            return [new(Verdict.Bad, "node", failure,
                "give both ends certificates of one cluster (--certs), or on one machine the "
                + "run's token (--token-file); see docs/OPERATIONS.md")];
        }
        return Answer(node, report);
    }

    private static IEnumerable<Finding> Answer(HostPort node, NodeReport report)
    {
        string run = report.Run is { } id ? $"run {id}" : "a parameter server";
        yield return new(Verdict.Good, "node",
            $"{node} answers within {report.RoundTrip.TotalMilliseconds:F0} ms: {run}");
        yield return report.Program == ProgramVersion.Text
            ? new(Verdict.Good, "version", $"{report.Program} there and here")
            : new(Verdict.Note, "version", $"{report.Program} there, {ProgramVersion.Text} here",
                "use the same DistTrain on all nodes");
        string difference = Math.Abs(report.ClockAhead.TotalSeconds)
            .ToString("F1", CultureInfo.InvariantCulture);
        string direction = report.ClockAhead > TimeSpan.Zero ? "later" : "earlier";
        yield return report.ClockAhead.Duration() > ClockTolerance
            ? new(Verdict.Note, "clock",
                $"there it is {difference} s {direction}",
                "set both clocks by NTP: certificates have dates")
            : new(Verdict.Good, "clock", $"{difference} s apart");
    }

    private static Finding Name(string host)
    {
        try
        {
            IPAddress[] found = Dns.GetHostAddresses(host);
            return new(Verdict.Good, "name",
                $"{host} is {string.Join(", ", found.Select(address => address.ToString()))}");
        }
        catch (SocketException e)
        {
            return new(Verdict.Bad, "name", $"{host}: {e.Message}",
                "correct the name, add it to the DNS or /etc/hosts, or give an IP address");
        }
    }

    private static Finding Connection(HostPort node)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ConnectAsync(node.Host, node.Port, limit.Token).AsTask().GetAwaiter()
                .GetResult();
            return new(Verdict.Good, "connection", $"{node} takes connections");
        }
        catch (OperationCanceledException)
        {
            return new(Verdict.Bad, "connection",
                $"{node}: no answer within {Patience.TotalSeconds:F0} s",
                $"open port {node.Port} (TCP) in the firewalls on the way");
        }
        catch (SocketException e)
        {
            return new(Verdict.Bad, "connection", $"{node}: {e.Message}",
                "start the node, and see that it listens on an address that this machine "
                + "reaches: --listen 0.0.0.0:PORT");
        }
    }
}
