using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>Reads the key "layers": compact text, or an array of layers without the input.
/// </summary>
internal static class LayersReader
{
    private static readonly string[] Keys = ["units", "activation", "dropout", "init"];

    /// <summary>The inputs are null where the array form leaves them to the data.</summary>
    public static (int? InputFeatures, IReadOnlyList<LayerRecipe> Layers) Read(
        in RecipeValue value, Initializer init, ValueReader reader)
    {
        if (value.IsString)
        {
            return LayersText.Read(value, init, reader);
        }
        if (value.Element.ValueKind != JsonValueKind.Array)
        {
            reader.Problems.Add(value, $"{value.Written} is neither text nor an array",
                "write \"784-128:relu-10:softmax\" or [{\"units\": 10}]");
            return (null, []);
        }
        var layers = new List<LayerRecipe>();
        foreach (var element in value.Element.EnumerateArray())
        {
            var item = value with { Label = $"{value.Label}[{layers.Count}]", Element = element };
            layers.Add(ReadLayer(item, init, reader));
        }
        return (null, layers);
    }

    private static LayerRecipe ReadLayer(
        in RecipeValue value, Initializer init, ValueReader reader)
    {
        var layer = new LayerRecipe(1, Init: init);
        if (value.Element.ValueKind != JsonValueKind.Object)
        {
            reader.Problems.Add(value, $"{value.Written} is not a layer",
                "write {\"units\": 128, \"activation\": \"relu\"}");
            return layer;
        }
        var seen = new HashSet<string>();
        foreach (var property in value.Element.EnumerateObject())
        {
            var member = value with
            {
                Label = $"{value.Label}.{property.Name}",
                Element = property.Value,
            };
            if (!seen.Add(property.Name))
            {
                reader.Problems.Add(member, "is given twice", "keep one of them");
            }
            layer = property.Name switch
            {
                "units" => layer with
                {
                    Units = reader.Whole(member, 1, RecipeLimits.Units, 1),
                },
                "activation" => layer with
                {
                    Activation = reader.Choice(
                        member, RecipeNames.Activations, Activation.Linear),
                },
                "dropout" => layer with { Dropout = reader.Real(member, RealRange.Share, 0) },
                "init" => layer with
                {
                    Init = reader.Choice(member, RecipeNames.Initializers, init),
                },
                _ => Unknown(member, property.Name, layer, reader),
            };
        }
        if (!seen.Contains("units"))
        {
            reader.Problems.Add(value, "has no \"units\"", "add \"units\": 128");
        }
        return layer;
    }

    private static LayerRecipe Unknown(
        in RecipeValue member, string key, LayerRecipe layer, ValueReader reader)
    {
        reader.Problems.Add(member, "is not a key of a layer",
            DidYouMean.Hint(key, Keys) ?? "the keys are: " + string.Join(", ", Keys));
        return layer;
    }
}
