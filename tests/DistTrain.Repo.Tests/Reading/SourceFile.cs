namespace DistTrain.Repo.Tests;

/// <summary>A text file of the repository; checks see no disk, so tests can hand in text.</summary>
/// <param name="Path">From the repository's root, with forward slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private string? _code;

    /// <summary>Comments and literals blanked by <see cref="CSharpCode"/>.</summary>
    public string Code => _code ??= CSharpCode.Of(Text);

    public string Extension => System.IO.Path.GetExtension(Path);

    public string Name => System.IO.Path.GetFileName(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public Finding At(int index, string what) =>
        new(Path, 1 + Text.AsSpan(0, index).Count('\n'), what);

    public Finding Whole(string what) => new(Path, 0, what);
}
