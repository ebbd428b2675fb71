using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace DistTrain.Cli;

/// <summary>--help of a command, with examples under it.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private static readonly HelpAction Help = new();

    private readonly string[] _examples;

    private HelpWithExamples(string[] examples)
    {
        _examples = examples;
    }

    public override bool ClearsParseErrors => true;

    /// <summary>Gives the command this help.</summary>
    public static void Install(Command command, string[] examples)
    {
        var existing = command.Options.OfType<HelpOption>().FirstOrDefault();
        var option = existing ?? new HelpOption("--help", "-h", "-?") { Recursive = false };
        option.Action = new HelpWithExamples(examples);
        if (existing is null)
        {
            command.Options.Add(option);
        }
        else
        {
            existing.Recursive = false;
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        int code = Help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(_examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in _examples)
        {
            output.WriteLine($"  {example}");
        }
        return code;
    }
}
