namespace DistTrain.Learning;

/// <summary>A recipe that cannot be run; it lists every problem, not only the first.</summary>
public sealed class RecipeException(IReadOnlyList<RecipeProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<RecipeProblem> Problems { get; } = problems;
}

/// <summary>One thing that is wrong with a recipe.</summary>
/// <param name="Key">The field, as it is written in a recipe file.</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="Hint">How to fix it.</param>
public sealed record RecipeProblem(string Key, string Message, string Hint)
{
    public override string ToString() => $"{Key}: {Message}; {Hint}";
}
