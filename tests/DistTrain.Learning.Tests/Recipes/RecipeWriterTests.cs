using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Learning.Tests;

public sealed class RecipeWriterTests
{
    [Fact]
    public void What_is_written_reads_as_an_equal_recipe() =>
        Prop.ForAll<int>(seed =>
        {
            var (recipe, run) = RecipeGenerator.Create(seed);
            string json = RecipeWriter.ToJson(recipe, run);
            var (readRecipe, readRun) = RecipeReader.Parse(json);
            // Text tells recipes apart to the last bit: numbers are written shortest-exact.
            RecipeWriter.ToJson(readRecipe, readRun).ShouldBe(json);
            readRun.ShouldBe(run);
            readRecipe.Layers.ShouldBe(recipe.Layers);
            readRecipe.Data.ClassWeights.ShouldBe(recipe.Data.ClassWeights);
            WithoutLists(readRecipe).ShouldBe(WithoutLists(recipe));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_key_is_written()
    {
        var (recipe, run) = RecipeGenerator.Create(1);
        string json = RecipeWriter.ToJson(recipe, run);
        // The layers are written with their own starting distributions.
        foreach (var field in RecipeFields.All.Where(f => f.Key != "init"))
        {
            json.ShouldContain($"\"{field.Key}\":");
        }
    }

    // Records compare lists by reference; those are compared on their own.
    private static Recipe WithoutLists(Recipe recipe) => recipe with
    {
        Layers = [],
        Data = recipe.Data with { ClassWeights = null },
    };
}
