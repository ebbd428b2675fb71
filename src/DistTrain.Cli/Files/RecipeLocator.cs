using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>Finds a recipe by its path, or a shipped one by its name.</summary>
internal static class RecipeLocator
{
    public const string Default = "quickstart";

    /// <summary>Where the shipped recipes lie: beside the program.</summary>
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "recipes");

    public static IEnumerable<string> ShippedNames =>
        Directory.Exists(Folder)
            ? Directory.EnumerateFiles(Folder, "*.json")
                .Select(p => Path.GetFileNameWithoutExtension(p)!).Order()
            : [];

    /// <summary>The path of a recipe; throws where there is none.</summary>
    public static string Find(string argument)
    {
        if (TryFind(argument) is { } path)
        {
            return path;
        }
        throw new CommandException(ExitCode.BadUsage, $"there is no recipe '{argument}'",
            (DidYouMean.Hint(argument, ShippedNames) is { } hint ? hint + " " : "")
            + "name a file, or one of: " + string.Join(", ", ShippedNames));
    }

    public static string? TryFind(string argument)
    {
        if (File.Exists(argument))
        {
            return argument;
        }
        bool isName = argument.Length > 0
            && argument.IndexOfAny(['/', '\\']) < 0;
        string shipped = Path.Combine(Folder, argument + ".json");
        return isName && File.Exists(shipped) ? shipped : null;
    }

    /// <summary>Reads a recipe; a file that cannot be read is bad usage.</summary>
    public static RecipeFile Read(string argument, IReadOnlyList<RecipeOverride> overrides)
    {
        string path = Find(argument);
        try
        {
            return RecipeReader.Read(path, overrides);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadUsage,
                $"the recipe {path} cannot be read: {e.Message}", "check its permissions");
        }
    }
}
