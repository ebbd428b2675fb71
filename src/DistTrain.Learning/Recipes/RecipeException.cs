namespace DistTrain.Learning;

/// <summary>One thing wrong with a recipe.</summary>
/// <param name="Key">The key's path (<c>layers[1].units</c>) or the option (--batch-size).</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">How to fix it; may be empty.</param>
public sealed record RecipeProblem(string Key, string Message, string Hint)
{
    public override string ToString() =>
        Hint.Length == 0 ? $"{Key}: {Message}" : $"{Key}: {Message} ({Hint})";
}

/// <summary>A recipe cannot be used: every problem found, in the order of the recipe's keys.
/// </summary>
public sealed class RecipeException : Exception
{
    public RecipeException(IReadOnlyList<RecipeProblem> problems)
        : base(string.Join(Environment.NewLine, problems))
    {
        Problems = problems;
    }

    public RecipeException(RecipeProblem problem)
        : this([problem])
    {
    }

    public IReadOnlyList<RecipeProblem> Problems { get; }
}
