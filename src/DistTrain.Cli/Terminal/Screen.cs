using Spectre.Console;

namespace DistTrain.Cli;

/// <summary>
/// Where the program writes: results to stdout, everything else to stderr. Colour and Unicode
/// only where the terminal has them; <c>NO_COLOR</c> is respected.
/// </summary>
internal sealed class Screen
{
    /// <summary>Wide enough that a table in a pipe is never folded.</summary>
    private const int PipeWidth = 200;

    private readonly TextWriter _out;
    private readonly TextWriter _error;

    // The library compiles 50 methods to get ready: not where nothing is drawn by it.
    private readonly Lazy<IAnsiConsole> _results;
    private readonly Lazy<IAnsiConsole> _progress;

    public Screen(TextWriter output, TextWriter error, bool isVerbose, bool isQuiet)
    {
        _out = output;
        _error = error;
        IsVerbose = isVerbose;
        IsQuiet = isQuiet;
        _results = new(() => Create(output, Console.IsOutputRedirected));
        _progress = new(() => Create(error, Console.IsErrorRedirected));
    }

    /// <summary>Show stack traces.</summary>
    public bool IsVerbose { get; }

    /// <summary>No progress and no notes; errors are shown.</summary>
    public bool IsQuiet { get; }

    public IAnsiConsole Results => _results.Value;

    public IAnsiConsole Progress => _progress.Value;

    /// <summary>A person watches stderr.</summary>
    public static bool IsLive => !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>A line of results.</summary>
    public void Result(string line) => _out.WriteLine(line);

    /// <summary>A line of progress.</summary>
    public void Note(string line)
    {
        if (IsQuiet)
        {
            return;
        }
        if (IsLive)
        {
            // Above a live bar, where there is one, and not over it.
            Progress.Write(new ErasingLine(line));
        }
        else
        {
            _error.WriteLine(line);
        }
    }

    public void Warning(string message) => Labelled("warning", "33", message, "");

    public void Error(string message, string hint = "") =>
        Labelled("error", "31", message, hint);

    /// <summary>The stack trace, for --verbose.</summary>
    public void Trace(Exception exception)
    {
        if (IsVerbose)
        {
            _error.WriteLine(exception);
        }
    }

    private void Labelled(string label, string colour, string message, string hint)
    {
        bool colours = Progress.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
        string head = colours ? $"\e[1;{colour}m{label}:\e[0m" : $"{label}:";
        _error.WriteLine($"{head} {Printable.OneLine(message)}");
        if (hint.Length > 0)
        {
            _error.WriteLine($"  hint: {Printable.OneLine(hint)}");
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = PipeWidth;
        }
        return console;
    }
}
