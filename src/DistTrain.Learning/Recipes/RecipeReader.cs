using System.Text;

namespace DistTrain.Learning;

/// <summary>A value of the command line, which wins over the recipe's.</summary>
/// <param name="Key">The recipe's key.</param>
/// <param name="Option">What the user typed, for messages.</param>
/// <param name="Text">The value.</param>
public sealed record RecipeOverride(string Key, string Option, string Text);

/// <summary>All that a recipe file says.</summary>
/// <param name="Recipe">What defines the numbers.</param>
/// <param name="Run">How to run it.</param>
public sealed record RecipeFile(Recipe Recipe, RunSettings Run);

/// <summary>
/// Reads recipes: JSON with comments and trailing commas, one flat object. Every problem is
/// reported at once, as a <see cref="RecipeException"/>.
/// </summary>
public static class RecipeReader
{
    /// <summary>
    /// Reads a file. Throws <see cref="FileNotFoundException"/>,
    /// <see cref="DirectoryNotFoundException"/>, <see cref="UnauthorizedAccessException"/> and
    /// <see cref="IOException"/> as the file system does.
    /// </summary>
    public static RecipeFile Read(string path, IReadOnlyList<RecipeOverride>? overrides = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        var buffer = new byte[RecipeLimits.FileBytes + 1];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length > RecipeLimits.FileBytes)
        {
            throw new RecipeException(new RecipeProblem(Path.GetFileName(path),
                "is larger than 1 MiB and so no recipe", "name a recipe, a small JSON file"));
        }
        return Read(buffer.AsMemory(0, length), Path.GetFileName(path),
            Path.GetFileNameWithoutExtension(path), overrides ?? []);
    }

    /// <summary>Reads a recipe from text.</summary>
    public static RecipeFile Parse(string json, IReadOnlyList<RecipeOverride>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json), "the recipe", "recipe", overrides ?? []);
    }

    private static RecipeFile Read(ReadOnlyMemory<byte> utf8, string source, string defaultName,
        IReadOnlyList<RecipeOverride> overrides)
    {
        var problems = new ProblemList();
        var values = RecipeJson.Read(utf8, source, problems);
        foreach (var o in overrides)
        {
            values[o.Key] = RecipeValue.OfText(o.Key, o.Option, null, o.Text);
        }
        if (values.TryGetValue("layers", out var layers) && layers.IsText)
        {
            // The text says its inputs itself; those of the recipe belonged to other layers.
            values.Remove("inputFeatures");
        }
        var binder = new RecipeBinder(values, problems);
        var recipe = binder.Recipe(defaultName);
        var run = binder.Run();
        RecipeValidation.Check(recipe, problems, binder.Label);
        problems.ThrowIfAny();
        return new RecipeFile(recipe, run);
    }
}
