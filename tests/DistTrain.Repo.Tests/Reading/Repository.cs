using System.Collections.Immutable;

namespace DistTrain.Repo.Tests;

/// <summary>
/// The working tree, found by walking up from the test assembly to DistTrain.sln. Build outputs and
/// run folders are left out; git itself is not needed, so an unpacked archive is checked as well.
/// </summary>
internal static class Repository
{
    private static readonly ImmutableHashSet<string> SkippedFolders =
    [
        ".git", "bin", "obj", "runs", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea",
        ".vscode",
    ];

    private static readonly ImmutableHashSet<string> TextExtensions =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".md", ".yml", ".yaml", ".ps1",
        ".sh", ".hocon", ".conf", ".py", ".html", ".css", ".js", ".txt", ".editorconfig",
        ".gitignore", ".gitattributes", ".dockerignore",
    ];

    private static readonly Lazy<ImmutableArray<SourceFile>> AllFiles = new(ReadAll);

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file, in ordinal order of its path.</summary>
    public static ImmutableArray<SourceFile> Files => AllFiles.Value;

    public static IEnumerable<SourceFile> CSharp =>
        Files.Where(file => file.Extension == ".cs");

    public static IEnumerable<SourceFile> Markdown =>
        Files.Where(file => file.Extension == ".md");

    public static SourceFile File(string path) =>
        Files.FirstOrDefault(file => file.Path == path)
        ?? throw new FileNotFoundException($"The repository has no file {path}.");

    public static bool Has(string path) =>
        System.IO.File.Exists(Path.Combine(Root, path))
        || Directory.Exists(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "DistTrain.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException(
            $"No folder above {AppContext.BaseDirectory} holds DistTrain.sln.");
    }

    private static ImmutableArray<SourceFile> ReadAll()
    {
        List<SourceFile> files = [];
        Read(new DirectoryInfo(Root), files);
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static void Read(DirectoryInfo folder, List<SourceFile> files)
    {
        foreach (FileInfo file in folder.EnumerateFiles().Where(IsText))
        {
            string path = Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
            files.Add(new SourceFile(path, System.IO.File.ReadAllText(file.FullName)));
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories())
        {
            if (!SkippedFolders.Contains(child.Name) && child.LinkTarget is null)
                Read(child, files);
        }
    }

    /// <summary>Files without a dot are scripts and the like: Dockerfile, .ci/run.</summary>
    private static bool IsText(FileInfo file) =>
        TextExtensions.Contains(file.Extension)
        || !file.Name.Contains('.', StringComparison.Ordinal);
}
