using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>HOST:PORT as typed; an IPv6 address stands in brackets.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">0 takes a free one, where a node listens.</param>
internal sealed record HostPort(string Host, int Port)
{
    private const string Form = "give HOST:PORT, such as 127.0.0.1:7300 or [::1]:7300";

    public static HostPort Of(IPEndPoint at) => new(at.Address.ToString(), at.Port);

    /// <summary>An address that others are reached by.</summary>
    /// <returns>Null after a problem.</returns>
    public static HostPort? ParseTarget(
        string option, string text, ICollection<UsageProblem> problems) =>
        Parse(option, text, leastPort: 1, problems) is { } parsed
            && IsHost(option, parsed.Host, HostName.Problem(parsed.Host), problems)
            ? parsed
            : null;

    /// <summary>An address that this node listens on: 0.0.0.0 and [::] are all of its own.
    /// </summary>
    /// <returns>Null after a problem.</returns>
    public static HostPort? ParseListen(
        string option, string text, ICollection<UsageProblem> problems) =>
        Parse(option, text, leastPort: 0, problems) is { } parsed
            && (HostName.Address(parsed.Host) is not null
                || IsHost(option, parsed.Host, HostName.Problem(parsed.Host), problems))
            ? parsed
            : null;

    /// <summary>Where to listen; a name is looked up, IPv4 first.</summary>
    /// <returns>Null after a problem.</returns>
    public IPEndPoint? Resolve(string option, ICollection<UsageProblem> problems)
    {
        if (HostName.Address(Host) is { } address)
        {
            return new IPEndPoint(address, Port);
        }
        try
        {
            var found = Dns.GetHostAddresses(Host)
                .OrderByDescending(a => a.AddressFamily == AddressFamily.InterNetwork);
            return new IPEndPoint(found.First(), Port);
        }
        catch (SocketException e)
        {
            problems.Add(new(option, $"{Host} cannot be found: {e.Message}",
                "give the address of a network card of this machine, or 0.0.0.0 for all"));
            return null;
        }
    }

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static HostPort? Parse(
        string option, string text, int leastPort, ICollection<UsageProblem> problems)
    {
        HostPort? Refuse(string message, string hint)
        {
            problems.Add(new(option, message, hint));
            return null;
        }

        int colon = text.LastIndexOf(':');
        int bracket = text.LastIndexOf(']');
        if (colon <= bracket)
        {
            return Refuse($"\"{text}\" names no port", Form);
        }
        string host = text[..colon];
        if (host.Length == 0)
        {
            return Refuse($"\"{text}\" names no host", Form);
        }
        if (host[0] == '[' && bracket == host.Length - 1)
        {
            host = host[1..^1];
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return Refuse($"\"{text}\" is ambiguous",
                HostName.Address(host) is null
                    ? Form : $"put the address in brackets: [{host}]:{text[(colon + 1)..]}");
        }
        string digits = text[(colon + 1)..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port >= leastPort && port <= IPEndPoint.MaxPort
            ? new HostPort(host, port)
            : Refuse($"\"{digits}\" is no port", $"give {leastPort} to {IPEndPoint.MaxPort}");
    }

    private static bool IsHost(
        string option, string host, (string Message, string Hint)? problem,
        ICollection<UsageProblem> problems)
    {
        if (problem is not { } wrong)
        {
            return true;
        }
        problems.Add(new(option, wrong.Message,
            host == "*" ? "give 0.0.0.0 for all addresses of this machine"
                : HostName.Address(host) is not null ? wrong.Hint : Form));
        return false;
    }
}
