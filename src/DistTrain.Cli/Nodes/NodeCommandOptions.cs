using System.CommandLine;
using System.Globalization;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Cli;

/// <summary>The options that worker and ps have in common.</summary>
internal sealed class NodeCommandOptions
{
    private const int MostWaitSeconds = 7 * 24 * 3600;

    private readonly Option<string?> _head = CommonOptions.Text("--head",
        AkkaEngine.IsHere ? "HOST:PORT,…" : "HOST:PORT",
        AkkaEngine.IsHere
            ? "Where the head listens, or will (engine akka: one or more of its heads)"
            : "Where the head listens, or will");

    private readonly Option<string?> _engine = new("--engine")
    {
        HelpName = "tcp|akka",
        Description = "The engine of the head (default tcp)",
        Hidden = !AkkaEngine.IsHere,
    };

    private readonly Option<string?> _certs = CredentialOptions.Certificates();
    private readonly Option<string?> _tokenFile = CredentialOptions.TokenFile();
    private readonly Option<string?> _name = CommonOptions.Text("--name", "NAME",
        "What it is called in logs (default: the machine's name)");

    private readonly Option<string?> _threads = CommonOptions.Text("--threads", "N",
        "Compute threads (default: one a core)");

    private readonly Option<string?> _isa = CommonOptions.Isa();
    private readonly Option<string?> _wait = CommonOptions.Text("--wait", "SECONDS",
        "Without a head for so long, give up (default 600)");

    private readonly Option<string?> _log = CommonOptions.Text("--log", "FILE",
        "Write the log to a file, too");

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log every detail, and where an error came from",
    };

    // For processes that a head starts itself; nobody types it.
    private readonly Option<bool> _isManaged = new(ManagedOption) { Hidden = true };

    public NodeCommandOptions(Command command)
    {
        foreach (Option option in (Option[])[_head, _engine, _certs, _tokenFile, _name, _threads,
            _isa, _wait, _log, _verbose, _isManaged])
        {
            command.Add(option);
        }
    }

    /// <summary>The process ends when its standard input does, and leaves Ctrl-C to its parent.
    /// </summary>
    public const string ManagedOption = "--managed";

    public bool IsManaged(ParseResult parsed) => parsed.GetValue(_isManaged);

    public NodeLog OpenLog(ParseResult parsed) =>
        new(Console.Error, parsed.GetValue(_log), parsed.GetValue(_verbose));

    /// <exception cref="UsageException">It is none, or not in this build.</exception>
    public EngineKind ReadEngine(ParseResult parsed)
    {
        string text = parsed.GetValue(_engine) ?? RecipeNames.Engines.Of(EngineKind.Tcp);
        AkkaEngine.RefuseIfMissing(_engine.Name, text);
        return RecipeNames.Engines.TryFind(text, out EngineKind engine)
            && engine != EngineKind.Local
            ? engine
            : throw new UsageException(
                [new(_engine.Name, $"\"{text}\" is no engine of nodes", "give tcp or akka")]);
    }

    /// <summary>--head as typed, or null.</summary>
    public string? HeadText(ParseResult parsed) => parsed.GetValue(_head);

    public Credentials ReadCredentials(ParseResult parsed, List<UsageProblem> problems)
    {
        var credentials = new Credentials(parsed.GetValue(_certs), parsed.GetValue(_tokenFile));
        credentials.Check(problems);
        return credentials;
    }

    /// <summary>What is the same whatever the engine.</summary>
    public NodeChoices ReadChoices(ParseResult parsed, List<UsageProblem> problems)
    {
        int threads = Whole(parsed, _threads, RecipeLimits.Workers, Environment.ProcessorCount,
            problems);
        int wait = Whole(parsed, _wait, MostWaitSeconds, 600, problems);
        Isa isa = ReadIsa(parsed, problems);
        string name = parsed.GetValue(_name) ?? Environment.MachineName;
        if (name.Length is 0 or > RecipeLimits.NameLength || name.Any(char.IsControl))
        {
            problems.Add(new("--name", "is empty, too long, or holds control characters",
                $"use 1 to {RecipeLimits.NameLength} printable characters"));
        }
        return new NodeChoices(name, threads, isa, TimeSpan.FromSeconds(wait));
    }

    /// <summary>Looks at everything that was typed before it complains.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="problems">Those of the command itself.</param>
    /// <param name="log">Opened later, when nothing is wrong.</param>
    public TcpNodeOptions Read(
        ParseResult parsed, List<UsageProblem> problems, INodeLog log)
    {
        HostPort? head = ReadHead(parsed, problems);
        Credentials credentials = ReadCredentials(parsed, problems);
        NodeChoices node = ReadChoices(parsed, problems);
        UsageException.ThrowIfAny(problems);
        return new TcpNodeOptions
        {
            HeadHost = head!.Host,
            HeadPort = head.Port,
            Security = credentials.OfNode(),
            Name = node.Name,
            Threads = node.Threads,
            Isa = node.Isa,
            Data = DataFolders.FromEnvironment(),
            Wait = node.Wait,
            Log = log,
        };
    }

    private HostPort? ReadHead(ParseResult parsed, List<UsageProblem> problems)
    {
        if (parsed.GetValue(_head) is { } text)
        {
            return HostPort.ParseTarget("--head", text, problems);
        }
        problems.Add(new("--head", "is missing",
            "give HOST:PORT of the head, such as 127.0.0.1:7300"));
        return null;
    }

    private Isa ReadIsa(ParseResult parsed, List<UsageProblem> problems)
    {
        string text = parsed.GetValue(_isa) ?? "auto";
        if (text == "auto")
        {
            return IsaSupport.Best;
        }
        string have = "this machine has: auto, "
            + string.Join(", ", IsaSupport.Available.Select(IsaNames.Format));
        if (!RecipeNames.Isas.TryFind(text, out Isa isa))
        {
            problems.Add(new("--isa", $"\"{text}\" is not known", have));
            return IsaSupport.Best;
        }
        if (!IsaSupport.IsSupported(isa))
        {
            problems.Add(new("--isa", $"this machine has no {text}", have));
        }
        return isa;
    }

    private static int Whole(
        ParseResult parsed, Option<string?> option, int most, int fallback,
        List<UsageProblem> problems)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return fallback;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= most)
        {
            return number;
        }
        problems.Add(new(option.Name, $"\"{text}\" is out of range",
            $"give a whole number, 1 to {most}"));
        return fallback;
    }
}
