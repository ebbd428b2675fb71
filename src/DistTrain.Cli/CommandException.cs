namespace DistTrain.Cli;

/// <summary>A command cannot go on, and knows what the user should hear.</summary>
internal sealed class CommandException(int exitCode, string message, string hint = "")
    : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>How to fix it; may be empty.</summary>
    public string Hint { get; } = hint;
}
