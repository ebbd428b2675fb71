using System.CommandLine;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>The options of every command that trains: train, cluster, head.</summary>
internal sealed class TrainingOptions
{
    private const string EngineKey = "engine";

    private readonly Argument<string?> _recipe = new("RECIPE")
    {
        Description = "A recipe file, or the name of a shipped one: "
            + string.Join(", ", RecipeLocator.ShippedNames),
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly List<(RecipeField Field, Option<string?> Option)> _fields = [];
    private readonly Option<string?> _servers = CommonOptions.Text(
        "--parameter-server-nodes", "N",
        AkkaEngine.IsHere
            ? "Processes that hold the parameters beside the head (tcp, akka; default 0)"
            : "Processes that hold the parameters beside the head (engine tcp; default 0)");

    private readonly Option<string?> _resume = CommonOptions.Text("--resume", "DIR|latest",
        "Continue a run, to the bits it would have had without the break");

    private readonly Option<string?> _folder = CommonOptions.Text("--out", "DIR",
        "The run's folder (default: runs/<time>-<name>)");

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Option<bool> _verbose = CommonOptions.Verbose();
    private readonly AkkaOptions _akka;

    // For heads that a head starts itself; nobody types it.
    private readonly Option<bool> _isManaged = new(NodeCommandOptions.ManagedOption)
    {
        Hidden = true,
    };

    /// <param name="command">Gets them.</param>
    /// <param name="isHead">It waits for nodes that others start.</param>
    public TrainingOptions(Command command, bool isHead = false)
    {
        command.Add(_recipe);
        foreach (var field in RecipeFields.All.Where(f => f.Option is not null))
        {
            var option = field.Key == EngineKey && AkkaEngine.IsHere
                ? CommonOptions.Text(field.Option!, field.ValueName + "|akka",
                    field.Help + "; akka: a cluster of Akka.NET")
                : CommonOptions.Text(field.Option!, field.ValueName, field.Help);
            _fields.Add((field, option));
            command.Add(option);
        }
        foreach (Option option in (Option[])[_servers, _resume, _folder, _json, _quiet, _verbose])
        {
            command.Add(option);
        }
        if (isHead)
        {
            command.Add(_isManaged);
        }
        _akka = isHead ? AkkaOptions.ForHead(command) : AkkaOptions.ForRuns(command);
    }

    public Screen Screen(ParseResult parsed) => CommonOptions.Screen(parsed, _quiet, _verbose);

    /// <param name="parsed">What was typed.</param>
    /// <param name="isCluster">The command means processes: tcp, if nothing else is typed.</param>
    /// <param name="problems">Gets those of options that are no fields of a recipe.</param>
    public TrainRequest Read(ParseResult parsed, bool isCluster, List<UsageProblem> problems)
    {
        List<RecipeOverride> overrides =
        [
            .. from pair in _fields
               let text = parsed.GetValue(pair.Option)
               where text is not null
               select new RecipeOverride(pair.Field.Key, pair.Option.Name, text),
        ];
        string name = parsed.CommandResult.Command.Name;
        if (overrides.Find(o => o.Key == EngineKey) is { } engine)
        {
            AkkaEngine.RefuseIfMissing(engine.Option, engine.Text);
        }
        if (isCluster)
        {
            MeanProcesses(name, overrides, problems);
        }
        return new TrainRequest(
            parsed.GetValue(_recipe), overrides, parsed.GetValue(_resume),
            parsed.GetValue(_folder), parsed.GetValue(_json))
        {
            Command = name,
            ParameterServerNodes = ReadServers(parsed, problems),
            Akka = _akka.Read(parsed, problems),
            IsManaged = parsed.GetResult(_isManaged) is not null && parsed.GetValue(_isManaged),
        };
    }

    /// <summary>A recipe may say otherwise; who typed otherwise is mistaken.</summary>
    private static void MeanProcesses(
        string command, List<RecipeOverride> overrides, List<UsageProblem> problems)
    {
        string local = RecipeNames.Engines.Of(EngineKind.Local);
        string tcp = RecipeNames.Engines.Of(EngineKind.Tcp);
        switch (overrides.Find(o => o.Key == EngineKey))
        {
            case null:
                overrides.Add(new RecipeOverride(EngineKey, "--engine", tcp));
                break;
            case { } typed when typed.Text == local:
                problems.Add(new(typed.Option, $"is {local}, but {command} means {tcp}",
                    "leave it out, or use disttrain train"));
                break;
        }
    }

    private int ReadServers(ParseResult parsed, List<UsageProblem> problems)
    {
        if (parsed.GetValue(_servers) is not { } text)
        {
            return 0;
        }
        if (int.TryParse(text, out int number) && number is >= 0 and <= RecipeLimits.Workers)
        {
            return number;
        }
        problems.Add(new(_servers.Name, $"\"{text}\" is out of range",
            $"give a whole number, 0 to {RecipeLimits.Workers}"));
        return 0;
    }
}
