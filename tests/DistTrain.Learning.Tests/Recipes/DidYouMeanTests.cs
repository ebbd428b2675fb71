namespace DistTrain.Learning.Tests;

public sealed class DidYouMeanTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("epoch", "epochs", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("sede", "seed", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distances_count_edits_and_swaps(string a, string b, int distance)
    {
        DidYouMean.Distance(a, b).ShouldBe(distance);
        DidYouMean.Distance(b, a).ShouldBe(distance);
    }

    [Theory]
    [InlineData("learning_rate", "learningRate")]
    [InlineData("batchsize", "batchSize")]
    [InlineData("epoch", "epochs")]
    [InlineData("sede", "seed")]
    public void The_nearest_key_is_proposed(string typed, string meant) =>
        DidYouMean.Closest(typed, RecipeFields.All.Select(f => f.Key)).ShouldBe(meant);

    [Theory]
    [InlineData("temperature")]
    [InlineData("zzz")]
    public void Nothing_is_proposed_for_a_word_far_from_all(string typed) =>
        DidYouMean.Closest(typed, RecipeFields.All.Select(f => f.Key)).ShouldBeNull();
}
