using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>
/// The key "dataLimit": <c>55000</c>, <c>[10000, 1000]</c> or the text "10000,1000"; null (in
/// text: all) in place of a number takes all samples.
/// </summary>
internal static class DataLimit
{
    public static (int? Train, int? Test) Read(in RecipeValue value, ValueReader reader)
    {
        if (value.IsNull)
        {
            return (null, null);
        }
        RecipeValue[] parts = Parts(value);
        if (parts.Length is 1 or 2)
        {
            return (One(parts[0], reader), parts.Length == 2 ? One(parts[1], reader) : null);
        }
        reader.Problems.Add(value, $"{value.Written} is not one or two limits",
            "give N to train, or N,M to train and to test");
        return (null, null);
    }

    private static RecipeValue[] Parts(RecipeValue value) => value.Element.ValueKind switch
    {
        JsonValueKind.String =>
            [.. value.Element.GetString()!.Split(',').Select(text => value.Part("", text))],
        JsonValueKind.Array =>
            [.. value.Element.EnumerateArray().Select((element, i) =>
                value with { Label = $"{value.Label}[{i}]", Element = element })],
        _ => [value],
    };

    private static int? One(in RecipeValue part, ValueReader reader)
    {
        bool all = part.IsText
            ? part.Element.GetString()!.Trim() == "all"
            : part.Element.ValueKind == JsonValueKind.Null;
        return all ? null : reader.Whole(part, 1, RecipeLimits.Samples, 1);
    }
}
