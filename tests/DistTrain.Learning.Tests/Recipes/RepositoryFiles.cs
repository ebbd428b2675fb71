using System.Runtime.CompilerServices;

namespace DistTrain.Learning.Tests;

/// <summary>Where the repository lies, known from where this file was compiled.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Schema => Path.Combine(Root, "config", "recipe.schema.json");

    public static IEnumerable<string> Recipes =>
        Directory.EnumerateFiles(Path.Combine(Root, "config", "recipes"), "*.json").Order();

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // A deterministic build may rewrite the compiled path; the test's own folder is in the
        // repository too.
        foreach (string start in new[] { Path.GetDirectoryName(here)!, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "DistTrain.sln")))
                {
                    return folder.FullName;
                }
            }
        }
        throw new DirectoryNotFoundException("DistTrain.sln is above neither the source nor here");
    }
}
