using System.Globalization;

namespace DistTrain.Learning;

/// <summary>
/// The compact form of a network: <c>784-128:relu-dropout:0.1-10:softmax</c> is 784 inputs, then
/// layers with their activation (linear where none is written) and the dropout behind it.
/// </summary>
public static class LayersText
{
    private const string Example = "write inputs, then layers: 784-128:relu-dropout:0.1-10:softmax";

    /// <summary>Reads a network; throws <see cref="RecipeException"/> with every problem.</summary>
    public static (int InputFeatures, IReadOnlyList<LayerRecipe> Layers) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var problems = new ProblemList();
        var result = Read(RecipeValue.OfText("layers", "layers", null, text),
            Initializer.GlorotUniform, new ValueReader(problems));
        problems.ThrowIfAny();
        return result;
    }

    /// <summary>The text of a network; starting distributions are not part of it.</summary>
    public static string Format(int inputFeatures, IReadOnlyList<LayerRecipe> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var parts = new List<string> { inputFeatures.ToString(CultureInfo.InvariantCulture) };
        foreach (var layer in layers)
        {
            parts.Add(layer.Activation == Activation.Linear
                ? $"{layer.Units}"
                : $"{layer.Units}:{RecipeNames.Activations.Of(layer.Activation)}");
            if (layer.Dropout > 0)
            {
                // Fixed-point, to 15 digits: the minus of an exponent would end the layer.
                parts.Add("dropout:" + ((decimal)layer.Dropout).ToString(
                    CultureInfo.InvariantCulture));
            }
        }
        return string.Join('-', parts);
    }

    internal static (int InputFeatures, IReadOnlyList<LayerRecipe> Layers) Read(
        in RecipeValue value, Initializer init, ValueReader reader)
    {
        var problems = reader.Problems;
        string[] tokens = value.Element.GetString()!.Split('-', RecipeLimits.Layers * 2 + 2);
        var layers = new List<LayerRecipe>();
        int inputs = reader.Whole(
            value.Part(" inputs", tokens[0]), 1, RecipeLimits.InputFeatures, 1);
        if (tokens.Length == 1)
        {
            problems.Add(value, "has inputs but no layer", Example);
        }
        foreach (string token in tokens.Skip(1))
        {
            string[] parts = token.Trim().Split(':', 2);
            if (parts[0] == "dropout")
            {
                ReadDropout(value, parts, layers, reader);
                continue;
            }
            int units = reader.Whole(
                value.Part($" layer {layers.Count}", parts[0]), 1, RecipeLimits.Units, 1);
            var activation = parts.Length == 1
                ? Activation.Linear
                : reader.Choice(value.Part($" layer {layers.Count}", parts[1]),
                    RecipeNames.Activations, Activation.Linear);
            layers.Add(new LayerRecipe(units, activation, 0, init));
        }
        return (inputs, layers);
    }

    private static void ReadDropout(
        in RecipeValue value, string[] parts, List<LayerRecipe> layers, ValueReader reader)
    {
        if (layers.Count == 0)
        {
            reader.Problems.Add(value, "drops inputs out, but dropout stands behind a layer",
                "move it behind the first layer");
        }
        else if (parts.Length == 1)
        {
            reader.Problems.Add(value, "has a dropout without its probability",
                "write dropout:0.1");
        }
        else if (layers[^1].Dropout > 0)
        {
            reader.Problems.Add(value, "has two dropouts behind one layer", "keep one of them");
        }
        else
        {
            layers[^1] = layers[^1] with
            {
                Dropout = reader.Real(
                    value.Part(" dropout", parts[1]), RealRange.Share, 0),
            };
        }
    }
}
