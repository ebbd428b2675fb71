namespace DistTrain.Cli;

/// <summary>One thing wrong with what was typed.</summary>
/// <param name="Key">The option.</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="Hint">How to fix it.</param>
internal sealed record UsageProblem(string Key, string Message, string Hint);

/// <summary>What was typed cannot be done: every reason at once.</summary>
internal sealed class UsageException(IReadOnlyList<UsageProblem> problems)
    : Exception(string.Join("; ", problems.Select(p => $"{p.Key}: {p.Message}")))
{
    public IReadOnlyList<UsageProblem> Problems { get; } = problems;

    public static void ThrowIfAny(IReadOnlyList<UsageProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new UsageException(problems);
        }
    }
}
