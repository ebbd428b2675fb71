using System.CommandLine;
using System.Net;
using DistTrain.Engine;
using DistTrain.Engine.Akka;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>worker and ps with --engine akka.</summary>
internal static class AkkaNodes
{
    private const string DefaultListen = "127.0.0.1:0";

    /// <param name="parsed">What was typed.</param>
    /// <param name="node">The options of both engines.</param>
    /// <param name="akka">Those of this one.</param>
    /// <param name="problems">Gets what is wrong with them.</param>
    public static int Run(
        ParseResult parsed, NodeCommandOptions node, AkkaOptions akka, List<UsageProblem> problems)
    {
        using NodeLog log = node.OpenLog(parsed);
        AkkaNodeOptions options = Read(parsed, node, akka, problems, log);
        bool isWorker = parsed.CommandResult.Command.Name == "worker";
        return NodeSession.Run(node.IsManaged(parsed), log, stop => isWorker
            ? AkkaWorker.Run(options, stop)
            : AkkaParameterServer.Run(options, stop));
    }

    private static AkkaNodeOptions Read(
        ParseResult parsed, NodeCommandOptions node, AkkaOptions akka, List<UsageProblem> problems,
        INodeLog log)
    {
        AkkaChoices choices = akka.Read(parsed, problems);
        IReadOnlyList<HostPort> heads =
            AkkaOptions.Nodes("--head", node.HeadText(parsed), problems);
        if (heads.Count == 0 && problems.Count == 0)
        {
            problems.Add(new("--head", "is missing",
                "give HOST:PORT of one or more heads, such as 127.0.0.1:7300"));
        }
        Credentials credentials = node.ReadCredentials(parsed, problems).ForAkka(problems);
        NodeChoices common = node.ReadChoices(parsed, problems);
        HostPort? listen = HostPort.ParseListen(
            "--listen", Typed(parsed, "--listen") ?? DefaultListen, problems);
        CheckReach(parsed, listen, heads, choices, problems);
        UsageException.ThrowIfAny(problems);
        credentials.CheckListening(listen!.Resolve("--listen", problems)!);
        return new AkkaNodeOptions
        {
            Host = listen.Host,
            Port = listen.Port,
            PublicHost = choices.PublicHost,
            Seeds = [.. heads.Select(head => head.ToString())],
            Security = AkkaCertificates.Of(credentials),
            Name = common.Name,
            Threads = common.Threads,
            Isa = common.Isa,
            Data = DataFolders.FromEnvironment(),
            Wait = common.Wait,
            ConfigFile = choices.ConfigFile,
            // For whoever started it with port 0.
            Started = at => Console.Out.WriteLine($"listening {at}"),
            Log = log,
        };
    }

    private static void CheckReach(
        ParseResult parsed, HostPort? listen, IReadOnlyList<HostPort> heads, AkkaChoices choices,
        List<UsageProblem> problems)
    {
        if (Typed(parsed, "--advertise") is not null)
        {
            problems.Add(new("--advertise", "is of the engine tcp",
                "give --public-host NAME; the port is that of --listen"));
        }
        IPEndPoint? at = listen?.Resolve("--listen", problems);
        AkkaReach.Check(at, choices.PublicHost, problems);
        bool isHere = at is not null && IPAddress.IsLoopback(at.Address);
        if (isHere && heads.Any(head => !IsLoopback(head.Host)))
        {
            problems.Add(new("--listen", $"{listen} is this machine's alone, and the heads are not "
                + "on it: in a cluster on Akka.NET every node dials every other",
                "give HOST:PORT by which the other machines reach this one; port 0 takes a free "
                + "one"));
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>An option that only one of the two commands may have.</summary>
    private static string? Typed(ParseResult parsed, string option) =>
        parsed.CommandResult.Command.Options.OfType<Option<string?>>()
            .FirstOrDefault(o => o.Name == option) is { } known ? parsed.GetValue(known) : null;
}
