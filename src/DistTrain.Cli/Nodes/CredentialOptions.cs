using System.CommandLine;

namespace DistTrain.Cli;

/// <summary>The options by which a node proves that it belongs.</summary>
internal static class CredentialOptions
{
    public static Option<string?> Certificates() => CommonOptions.Text("--certs", "DIR",
        "Certificates of this node, from certs node: TLS, needed beyond this machine");

    public static Option<string?> TokenFile() => CommonOptions.Text("--token-file", "FILE",
        "The run's token, as the head wrote it: for one machine (or $DISTTRAIN_TOKEN)");
}
