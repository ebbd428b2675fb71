using System.Net;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>How a node proves that it belongs, as its user said: --certs or --token-file, else the
/// environment.</summary>
/// <param name="Certificates">Folder of a node's certificates, or null.</param>
/// <param name="TokenFile">File with the run's token, or null.</param>
internal sealed record Credentials(string? Certificates, string? TokenFile)
{
    /// <summary>What can be said before anything is read.</summary>
    public void Check(ICollection<UsageProblem> problems)
    {
        if (Certificates is { Length: 0 })
        {
            problems.Add(new("--certs", "names no folder", "give the one of certs node"));
        }
        if (Certificates is not null && TokenFile is not null)
        {
            problems.Add(new("--token-file", "is of no use with --certs", "give one of the two"));
        }
    }

    /// <summary>The engine akka knows certificates, and this machine; no tokens.</summary>
    public Credentials ForAkka(ICollection<UsageProblem> problems)
    {
        if (TokenFile is not null)
        {
            problems.Add(new("--token-file", "is of the engine tcp: akka has no tokens",
                "leave it out where all nodes are on 127.0.0.1, else give --certs DIR"));
        }
        return this with { TokenFile = null };
    }

    /// <summary>Of a node that connects, or that is asked how it is.</summary>
    public LinkSecurity OfNode() =>
        Given() ?? throw new CommandException(ExitCode.BadUsage,
            "neither certificates nor the run's token are given",
            "give --token-file FILE, the file 'token' in the head's run folder, or --certs DIR");

    /// <summary>Of a head: without a token given it has one of its own, in its run folder; a run
    /// that is resumed keeps it, since workers may be waiting.</summary>
    /// <param name="file">Where its own is kept.</param>
    public LinkSecurity OfHead(string file)
    {
        if (Given() is { } given)
        {
            return given;
        }
        if (File.Exists(file))
        {
            return LinkSecurity.FromToken(RunToken.Load(file));
        }
        var token = RunToken.Create();
        token.Save(file);
        return LinkSecurity.FromToken(token);
    }

    /// <summary>Refuses, before anything is written, what a head could not do.</summary>
    public void CheckListening(IPEndPoint at)
    {
        // Without certificates there will be some token; which one does not matter here.
        (Given() ?? LinkSecurity.FromToken(RunToken.Create())).CheckListening(at);
    }

    /// <summary>The option that a worker on this machine needs.</summary>
    /// <param name="file">Where a head keeps a token of its own.</param>
    public string OptionForWorkers(string file) =>
        Certificates is not null ? " --certs DIR"
        : TokenFile is not null ? $" --token-file {TokenFile}"
        : RunToken.FromEnvironment() is not null ? ""
        : $" --token-file {file}";

    private LinkSecurity? Given() =>
        Certificates is not null ? LinkSecurity.FromFolder(Certificates)
        : TokenFile is not null ? LinkSecurity.FromToken(RunToken.Load(TokenFile))
        : RunToken.FromEnvironment() is { } token ? LinkSecurity.FromToken(token)
        : null;
}
