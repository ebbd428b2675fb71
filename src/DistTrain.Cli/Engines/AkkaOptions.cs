using System.CommandLine;
using System.Globalization;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>The options that only the engine akka has. A build without it knows them, so that it
/// can say what is missing, and does not show them.</summary>
internal sealed class AkkaOptions
{
    /// <summary>More heads agree more slowly and keep no run alive that nine would not.</summary>
    private const int MostHeads = 9;

    /// <summary>Of the environment, where no option names any.</summary>
    private const string SeedsVariable = "DISTTRAIN_SEEDS";

    private readonly List<Option<string?>> _all = [];
    private readonly Option<string?>? _heads;
    private readonly Option<string?>? _seeds;
    private readonly Option<string?>? _publicHost;
    private readonly Option<string?>? _name;
    private readonly Option<string?> _config;

    /// <param name="command">Gets them.</param>
    /// <param name="hasHeads">It runs a head.</param>
    /// <param name="isSeeded">It is one that may join others.</param>
    /// <param name="isReached">It says where it is reached.</param>
    private AkkaOptions(Command command, bool hasHeads, bool isSeeded, bool isReached)
    {
        _heads = !hasHeads ? null : Add(command, "--heads", "N",
            "Heads of the cluster: 1, or 3 and more, an odd number, so that a lost one is "
            + "replaced (engine akka; default 1)");
        _seeds = !isSeeded ? null : Add(command, "--seed-nodes", "HOST:PORT,…",
            $"Heads to join (engine akka; or ${SeedsVariable}; default: found a cluster)");
        _name = !isSeeded ? null : Add(command, "--name", "NAME",
            "What it is called in logs (engine akka; default: the machine's name)");
        _publicHost = !isReached ? null : Add(command, "--public-host", "NAME",
            "What other nodes dial (engine akka; default: where it listens)");
        _config = Add(command, "--akka-config", "FILE",
            "Settings for Akka.NET (HOCON) that win over those shipped (engine akka)");
    }

    /// <summary>Of train and cluster, which start all nodes themselves.</summary>
    public static AkkaOptions ForRuns(Command command) =>
        new(command, hasHeads: true, isSeeded: false, isReached: false);

    public static AkkaOptions ForHead(Command command) =>
        new(command, hasHeads: true, isSeeded: true, isReached: true);

    public static AkkaOptions ForNode(Command command) =>
        new(command, hasHeads: false, isSeeded: false, isReached: true);

    public AkkaChoices Read(ParseResult parsed, ICollection<UsageProblem> problems)
    {
        string? seeds = Text(parsed, _seeds);
        return new AkkaChoices
        {
            Given = [.. from option in _all
                        where parsed.GetValue(option) is not null
                        select option.Name],
            Heads = ReadHeads(parsed, problems),
            Seeds = _seeds is null ? [] : Nodes(_seeds.Name, seeds, problems),
            PublicHost = ReadPublicHost(parsed, problems),
            ConfigFile = ReadConfig(parsed, problems),
            Name = Text(parsed, _name),
        };
    }

    /// <summary>For worker and ps, whose engine is tcp.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="problems">Gets each that is of no use.</param>
    /// <param name="more">Options of the command itself that are of akka.</param>
    public void RefuseForTcp(
        ParseResult parsed, ICollection<UsageProblem> problems,
        IEnumerable<Option<string?>> more) =>
        new AkkaChoices
        {
            Given = [.. from option in _all.Concat(more)
                        where parsed.GetValue(option) is not null
                        select option.Name],
        }.RefuseFor(RecipeNames.Engines.Of(EngineKind.Tcp), problems);

    /// <summary>HOST:PORT,…; where there is none, those of the environment.</summary>
    public static IReadOnlyList<HostPort> Nodes(
        string option, string? text, ICollection<UsageProblem> problems)
    {
        (string source, string? all) = text is not null
            ? (option, text)
            : ("$" + SeedsVariable, Environment.GetEnvironmentVariable(SeedsVariable));
        return
        [
            .. from node in (all ?? "").Split(
                   ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
               let parsed = HostPort.ParseTarget(source, node, problems)
               where parsed is not null
               select parsed,
        ];
    }

    private static string? Text(ParseResult parsed, Option<string?>? option) =>
        option is null ? null : parsed.GetValue(option);

    private Option<string?> Add(
        Command command, string name, string valueName, string description)
    {
        Option<string?> option = CommonOptions.Text(name, valueName, description);
        option.Hidden = !AkkaEngine.IsHere;
        command.Add(option);
        _all.Add(option);
        return option;
    }

    private int ReadHeads(ParseResult parsed, ICollection<UsageProblem> problems)
    {
        if (Text(parsed, _heads) is not { } text)
        {
            return 1;
        }
        bool isNumber = int.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out int heads);
        if (isNumber && heads is >= 1 and <= MostHeads && heads % 2 == 1)
        {
            return heads;
        }
        problems.Add(isNumber && heads > 0 && heads % 2 == 0
            ? new("--heads", $"{heads} heads cannot outvote each other when they lose sight of "
                + "each other", $"give 1, or an odd number from 3 to {MostHeads}")
            : new("--heads", $"\"{text}\" is out of range",
                $"give 1, or an odd number from 3 to {MostHeads}"));
        return 1;
    }

    private string? ReadPublicHost(ParseResult parsed, ICollection<UsageProblem> problems)
    {
        string? host = Text(parsed, _publicHost);
        if (host is not null && HostName.Problem(host) is { } wrong)
        {
            problems.Add(new("--public-host", wrong.Message,
                "give the one name or address by which other nodes reach this machine"));
        }
        return host;
    }

    private string? ReadConfig(ParseResult parsed, ICollection<UsageProblem> problems)
    {
        string? path = parsed.GetValue(_config);
        if (path is not null && AkkaEngine.ProblemOfSettings(path) is { } problem)
        {
            problems.Add(new("--akka-config", problem,
                "see config/akka.*.conf for what is shipped, and docs/AKKA.md"));
        }
        return path;
    }
}
