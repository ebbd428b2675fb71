using System.Globalization;
using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>The key "classWeights": an array, or the same numbers as text between commas.
/// </summary>
internal static class ClassWeights
{
    private static readonly RealRange Range = RealRange.NotNegative;

    public static IReadOnlyList<float>? Read(in RecipeValue value, ValueReader reader)
    {
        if (value.IsNull)
        {
            return null;
        }
        RecipeValue whole = value;
        RecipeValue[]? parts = value.Element.ValueKind switch
        {
            JsonValueKind.String => [.. value.Element.GetString()!.Split(',')
                .Select((text, i) => whole.Part($"[{i}]", text))],
            JsonValueKind.Array => [.. value.Element.EnumerateArray().Select((element, i) =>
                whole with { Label = $"{whole.Label}[{i}]", Element = element })],
            _ => null,
        };
        if (parts is null or [] || parts.Length > RecipeLimits.Units)
        {
            reader.Problems.Add(value, $"{value.Written} is not a list of weights",
                "give one number for each class: [1, 1, 2.5]");
            return null;
        }
        var weights = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            reader.Real(parts[i], Range, 1);
            // From the text at once: by way of a binary64 it would be rounded twice.
            _ = float.TryParse(parts[i].NumberText, NumberStyles.Float,
                CultureInfo.InvariantCulture, out weights[i]);
        }
        if (!reader.Problems.Touches(value.Field) && weights.All(w => w == 0))
        {
            reader.Problems.Add(value, "weighs every class 0", "give some class a weight");
        }
        return weights;
    }
}
