namespace DistTrain.Learning.Tests;

public class ParameterLayoutTests
{
    [Fact]
    public void The_network_784_128_32_10_has_104938_parameters() =>
        LayoutOf("784-128:relu-32:relu-10:softmax").Count.ShouldBe(104_938);

    [Fact]
    public void Weight_and_bias_of_each_layer_follow_each_other_without_gaps()
    {
        ParameterLayout layout = LayoutOf("5-4:relu-dropout:0.5-3:softmax");
        layout.Views.ShouldBe(
        [
            new("layers.0.weight", 0, 0, 5, 4, true),
            new("layers.0.bias", 0, 20, 1, 4, false),
            new("layers.1.weight", 1, 24, 4, 3, true),
            new("layers.1.bias", 1, 36, 1, 3, false),
        ]);
        layout.Count.ShouldBe(39);
        layout.InputFeatures.ShouldBe(5);
        layout.Weight(1).Name.ShouldBe("layers.1.weight");
        layout.Bias(1).Name.ShouldBe("layers.1.bias");
    }

    [Fact]
    public void Every_parameter_is_in_the_view_that_spans_it()
    {
        ParameterLayout layout = LayoutOf("5-4:relu-3:softmax");
        string[] names = [.. Enumerable.Range(0, 39).Select(i => layout.ViewAt(i).Name)];
        names.Distinct().ShouldBe(layout.Views.Select(view => view.Name));
        foreach (ParameterView view in layout.Views)
        {
            names.Count(name => name == view.Name).ShouldBe(view.Length);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => layout.ViewAt(39));
    }

    [Fact]
    public void More_parameters_than_an_index_can_tell_are_refused() =>
        Should.Throw<OverflowException>(() => LayoutOf("60000-60000-2:softmax"));

    private static ParameterLayout LayoutOf(string layers)
    {
        (int inputs, IReadOnlyList<LayerRecipe> parsed) = LayersText.Parse(layers);
        return ParameterLayout.For(parsed, inputs);
    }
}
