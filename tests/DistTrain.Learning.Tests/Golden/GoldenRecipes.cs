using System.Text.Json;

namespace DistTrain.Learning.Tests;

/// <summary>
/// Small recipes on generated digits and the hash of the weights that each must end with (N10).
/// Needs only the JSON files of this folder in Golden/ beside the program, so that other test
/// projects can link it.
/// </summary>
internal static class GoldenRecipes
{
    /// <summary>The recipe of 13 microbatches a batch, for tests with many workers.</summary>
    public const string Golden = "golden";

    /// <summary>Rounds of 3 replicas, the last of an epoch short.</summary>
    public const string LocalSteps = "local-steps";

    public const string HashesFile = "hashes.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static IReadOnlyList<string> Names { get; } =
        [Golden, "dropout-clip-norm", "sse-momentum-l2", "relu-early-stopping", LocalSteps];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    public static string PathOf(string name) => Path.Combine(Folder, name + ".json");

    public static TrainingTask Task(string name)
    {
        Recipe recipe = RecipeReader.Read(PathOf(name)).Recipe;
        return TrainingTask.Create(
            recipe, DataLoader.Load(recipe.Data, DataFolders.FromEnvironment()));
    }

    /// <summary>SHA-256 of the weights that the recipe ends with.</summary>
    public static string WeightsSha256(string name)
    {
        byte[] hashes = File.ReadAllBytes(Path.Combine(Folder, HashesFile));
        return JsonSerializer.Deserialize<Dictionary<string, string>>(hashes)![name];
    }

    /// <summary>Writes the hashes to the file at <paramref name="path"/>.</summary>
    public static void Record(string path, Func<string, string> weightsSha256Of) =>
        File.WriteAllText(
            path,
            JsonSerializer.Serialize(Names.ToDictionary(n => n, weightsSha256Of), Indented) + '\n');
}
