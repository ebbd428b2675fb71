namespace DistTrain.Learning;

/// <summary>Collects what is wrong with a recipe, so that the user hears it all at once.</summary>
internal sealed class ProblemList
{
    private readonly List<RecipeProblem> _problems = [];
    private readonly HashSet<string> _fields = [];

    public IReadOnlyList<RecipeProblem> Problems => _problems;

    /// <summary>Adds a problem of the value.</summary>
    public void Add(in RecipeValue value, string message, string hint)
    {
        string line = value.Line is { } number ? $" (line {number})" : "";
        _problems.Add(new RecipeProblem(value.Label, message + line, hint));
        _fields.Add(value.Field);
    }

    public void Add(RecipeProblem problem) => _problems.Add(problem);

    /// <summary>True where the field, or a part of it, already has a problem.</summary>
    public bool Touches(string field) => _fields.Contains(field);

    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new RecipeException([.. _problems]);
        }
    }
}
