using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>A name or address by which nodes are dialled, as a certificate can carry it.</summary>
public static class HostName
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>True for a name by RFC 1123: letters, digits and hyphens, in dotted labels.
    /// </summary>
    public static bool IsName(string text)
    {
        string[] labels = text.Split('.');
        return text.Length <= MaxLength
            && labels.All(IsLabel)
            // Else it would be a mistyped address.
            && !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>The address, or null; shorthands such as 10.1 are none.</summary>
    public static IPAddress? Address(string text) =>
        IPAddress.TryParse(text, out var address)
        && !text.Contains('%', StringComparison.Ordinal)
        && !text.Contains('[', StringComparison.Ordinal)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            || text == address.ToString())
            ? address
            : null;

    /// <summary>What is wrong with it and how to put it right, or null.</summary>
    public static (string Message, string Hint)? Problem(string text)
    {
        if (Address(text) is { } address)
        {
            return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
                ? ($"\"{text}\" is where a node listens, not where it is reached",
                    "give the names and addresses that other nodes dial")
                : null;
        }
        if (IsName(text))
        {
            return null;
        }
        int port = text.LastIndexOf(':');
        string hint = text.Contains('*', StringComparison.Ordinal)
            ? "name each host; patterns are not accepted"
            : port > 0 && (IsName(text[..port]) || Address(text[..port].Trim('[', ']')) is not null)
                ? $"leave the port out: {text[..port].Trim('[', ']')}"
                : "give host names and IP addresses separated by commas: "
                    + "--hosts head.example,10.0.0.5";
        return ($"\"{text}\" is neither a host name nor an IP address", hint);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && label[0] != '-' && label[^1] != '-';
}
