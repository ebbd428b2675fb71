namespace DistTrain.Learning;

/// <summary>
/// Where each layer's parameters stand in the one flat block, in the public order: layer by layer,
/// weight (in × out, row-major), then bias.
/// </summary>
public sealed class ParameterLayout
{
    private ParameterLayout(int inputFeatures, IReadOnlyList<ParameterView> views)
    {
        InputFeatures = inputFeatures;
        Views = views;
        Count = views[^1].Offset + views[^1].Length;
    }

    /// <summary>Numbers in a sample.</summary>
    public int InputFeatures { get; }

    /// <summary>Parameters in all.</summary>
    public int Count { get; }

    /// <summary>Weight and bias of each layer, in order, without gaps.</summary>
    public IReadOnlyList<ParameterView> Views { get; }

    /// <summary>The weight of layer <paramref name="layer"/>, (inputs, outputs).</summary>
    public ParameterView Weight(int layer) => Views[2 * layer];

    /// <summary>The bias of layer <paramref name="layer"/>, (1, outputs).</summary>
    public ParameterView Bias(int layer) => Views[(2 * layer) + 1];

    /// <exception cref="OverflowException">More than 2³¹ − 1 parameters.</exception>
    public static ParameterLayout For(IReadOnlyList<LayerRecipe> layers, int inputFeatures)
    {
        ArgumentOutOfRangeException.ThrowIfZero(layers.Count);
        var views = new List<ParameterView>(2 * layers.Count);
        int inputs = inputFeatures;
        int offset = 0;
        for (int layer = 0; layer < layers.Count; layer++)
        {
            int outputs = layers[layer].Units;
            var weight = new ParameterView(
                $"layers.{layer}.weight", layer, offset, inputs, outputs, IsWeight: true);
            offset = checked(offset + checked(inputs * outputs));
            var bias = new ParameterView(
                $"layers.{layer}.bias", layer, offset, 1, outputs, IsWeight: false);
            offset = checked(offset + outputs);
            views.Add(weight);
            views.Add(bias);
            inputs = outputs;
        }

        return new ParameterLayout(inputFeatures, views);
    }

    /// <summary>The view that parameter <paramref name="index"/> belongs to.</summary>
    public ParameterView ViewAt(int index)
    {
        // By index: every step looks views up, and an enumerator would be allocated.
        for (int i = 0; i < Views.Count; i++)
        {
            if (index < Views[i].Offset + Views[i].Length)
            {
                return Views[i];
            }
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}

/// <summary>A named matrix in the flat block.</summary>
/// <param name="Name">For example <c>layers.0.weight</c>.</param>
/// <param name="Layer">Index of the layer; 0 is the first after the input.</param>
/// <param name="Offset">Index of its first parameter in the block.</param>
/// <param name="Rows">Inputs of the layer; 1 for a bias.</param>
/// <param name="Columns">Outputs of the layer.</param>
/// <param name="IsWeight">False for a bias.</param>
public sealed record ParameterView(
    string Name, int Layer, int Offset, int Rows, int Columns, bool IsWeight)
{
    public int Length => Rows * Columns;
}
