namespace DistTrain.Repo.Tests;

/// <summary>Something a check objects to, where it is and why it matters.</summary>
/// <param name="File">Path from the repository's root, with forward slashes.</param>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
internal readonly record struct Finding(string File, int Line, string What)
{
    public override string ToString() =>
        Line == 0 ? $"{File}: {What}" : $"{File}:{Line}: {What}";
}
