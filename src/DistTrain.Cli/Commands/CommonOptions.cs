using System.CommandLine;

namespace DistTrain.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Write one JSON object to stdout and nothing else",
    };

    public static Option<bool> Quiet() => new("--quiet")
    {
        Description = "No progress",
    };

    public static Option<bool> Verbose() => new("--verbose")
    {
        Description = "Show where an error came from",
    };

    public static Option<string?> Isa() =>
        Text("--isa", "NAME", "auto, avx512, avx2, v128 or scalar: same bits");

    public static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description };

    /// <summary>The screen as the options of a command say.</summary>
    public static Screen Screen(
        ParseResult parsed, Option<bool>? quiet = null, Option<bool>? verbose = null) =>
        new(Console.Out, Console.Error,
            isVerbose: verbose is not null && parsed.GetValue(verbose),
            isQuiet: quiet is not null && parsed.GetValue(quiet));
}
