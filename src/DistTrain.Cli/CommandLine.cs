using System.CommandLine;
using System.CommandLine.Parsing;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>The program: its commands, and what becomes of every error.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = Build();
        var parsed = root.Parse(args, new ParserConfiguration
        {
            EnablePosixBundling = false,
            ResponseFileTokenReplacer = null,
        });
        var screen = new Screen(Console.Out, Console.Error,
            isVerbose: args.Contains("--verbose"), isQuiet: args.Contains("--quiet"));
        bool isUsable = parsed.Errors.Count == 0 && !UnknownOptions(parsed).Any();
        if (!isUsable && parsed.Action is not HelpWithExamples)
        {
            return ReportUsage(parsed, screen);
        }
        return Guard(screen, () => parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // Ctrl-C is ours: a run saves before it ends.
            ProcessTerminationTimeout = null,
        }));
    }

    /// <summary>All commands.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Trains dense neural networks on actors, data-parallel: the same recipe and seed "
            + "give the same weights, to the last bit, however many workers there are.");
        root.Add(TrainCommand.Create());
        root.Add(ClusterCommand.Create());
        root.Add(HeadCommand.Create());
        root.Add(WorkerCommand.Create());
        root.Add(ParameterServerCommand.Create());
        root.Add(EvaluateCommand.Create());
        root.Add(PredictCommand.Create());
        root.Add(SummaryCommand.Create());
        root.Add(DataCommand.Create());
        root.Add(CertsCommand.Create());
        root.Add(SimulateCommand.Create());
        root.Add(DoctorCommand.Create());
        HelpWithExamples.Install(root, ["disttrain train", "disttrain data list"]);
        return root;
    }

    /// <summary>Runs a command; an exception becomes a message and an exit code.</summary>
    public static int Guard(Screen screen, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (RecipeException e)
        {
            return ReportProblems(
                screen, e, e.Problems.Select(p => (p.Key, p.Message, p.Hint)));
        }
        catch (UsageException e)
        {
            return ReportProblems(
                screen, e, e.Problems.Select(p => (p.Key, p.Message, p.Hint)));
        }
        catch (CertificateException e)
        {
            return ReportProblems(
                screen, e, e.Problems.Select(p => (p.Key, p.Message, p.Hint)));
        }
        catch (Exception e)
        {
            var (code, hint) = Judge(e);
            string message = e.Message;
            if (e is SecuritySetupException)
            {
                (message, hint) = SplitAdvice(message);
            }
            screen.Error(message, hint);
            screen.Trace(e);
            return code;
        }
    }

    private static int ReportProblems(
        Screen screen, Exception exception,
        IEnumerable<(string Key, string Message, string Hint)> problems)
    {
        foreach (var (key, message, hint) in problems)
        {
            screen.Error($"{key}: {message}", hint);
        }
        screen.Trace(exception);
        return ExitCode.BadUsage;
    }

    private static (int Code, string Hint) Judge(Exception exception) => exception switch
    {
        CommandException e => (e.ExitCode, e.Hint),
        DataException => (ExitCode.BadData, ""),
        SecuritySetupException => (ExitCode.BadUsage, ""),
        NodeException => (ExitCode.RunFailed, ""),
        Engine.CheckpointException => (ExitCode.BadData, ""),
        UnauthorizedAccessException => (ExitCode.RunFailed,
            "check the permissions of the file or choose another"),
        IOException => (ExitCode.RunFailed, "check the disk, or choose another folder by --out"),
        OutOfMemoryException => (ExitCode.RunFailed, "use a smaller network or batch"),
        _ => (ExitCode.RunFailed, "this is a fault of the program; --verbose shows where"),
    };

    /// <summary>Such a message says what is wrong and then, behind a full stop or semicolon, how to
    /// fix it.</summary>
    private static (string Message, string Hint) SplitAdvice(string text)
    {
        for (int end = 0; end + 2 < text.Length; end++)
        {
            if (text[end] is '.' or ';' && text[end + 1] == ' ')
            {
                return (text[..end], text[(end + 2)..]);
            }
        }
        return (text, "");
    }

    private static int ReportUsage(ParseResult parsed, Screen screen)
    {
        var command = parsed.CommandResult.Command;
        var unknown = UnknownOptions(parsed).ToList();
        foreach (string option in unknown)
        {
            screen.Error($"unknown option {option}",
                DidYouMean.Hint(option, command.Options.Select(o => o.Name)) ?? "");
        }
        // What an unknown option leaves behind is not worth a message of its own.
        foreach (var error in unknown.Count > 0 ? [] : WorthTelling(parsed))
        {
            screen.Error(error.Message.TrimEnd('.'), HintFor(error, command));
        }
        screen.Note($"  see: {Path(parsed.CommandResult)} --help");
        return ExitCode.BadUsage;
    }

    /// <summary>The parser takes a word that looks like an option for an argument.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed) =>
        parsed.CommandResult.Tokens.Select(t => t.Value).Concat(parsed.UnmatchedTokens)
            .Where(text => text.Length > 1 && text[0] == '-' && !char.IsAsciiDigit(text[1]))
            .Distinct();

    /// <summary>"A command is missing" says nothing beside "this is no command".</summary>
    private static IEnumerable<ParseError> WorthTelling(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count == 0
            ? parsed.Errors
            : parsed.Errors.Where(e => e.Message.Contains('\'', StringComparison.Ordinal));

    private static string HintFor(ParseError error, Command command)
    {
        // The library names what it does not know in quotation marks.
        string[] quoted = error.Message.Split('\'');
        return quoted.Length < 3
            ? ""
            : DidYouMean.Hint(quoted[1], command.Subcommands.Select(c => c.Name)) ?? "";
    }

    private static string Path(CommandResult command)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = command; at is CommandResult c; at = at.Parent)
        {
            names.Push(c.Command is RootCommand ? "disttrain" : c.Command.Name);
        }
        return string.Join(' ', names);
    }
}
