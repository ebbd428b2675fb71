namespace DistTrain.Learning.Tests;

public sealed class LayersTextTests
{
    [Theory]
    [InlineData("784-1024:relu-128:tanh-dropout:0.05-64:relu-10:softmax")]
    [InlineData("784-128-32-10")]
    [InlineData("1-1:leaky_relu-dropout:0.000001-1:gelu")]
    public void Text_is_parsed_and_formatted_back(string text)
    {
        var (inputs, layers) = LayersText.Parse(text);
        LayersText.Format(inputs, layers).ShouldBe(text);
    }

    [Fact]
    public void A_dropout_belongs_to_the_layer_before_it()
    {
        var (inputs, layers) = LayersText.Parse("784-128:tanh-dropout:0.05-10:softmax");
        inputs.ShouldBe(784);
        layers.ShouldBe([
            new LayerRecipe(128, Activation.Tanh, 0.05),
            new LayerRecipe(10, Activation.Softmax)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("784")]
    [InlineData("784-")]
    [InlineData("784--10")]
    [InlineData("784-x")]
    [InlineData("0-10")]
    [InlineData("784-10:")]
    [InlineData("784-10:relu:tanh")]
    [InlineData("784-128-dropout-10")]
    [InlineData("784-128-dropout:1-10")]
    [InlineData("784-128-dropout:0.1-dropout:0.1-10")]
    [InlineData("784-99999999999")]
    public void Bad_text_is_refused(string text) =>
        Should.Throw<RecipeException>(() => LayersText.Parse(text)).Problems.ShouldNotBeEmpty();
}
