using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>A field that differs between two recipes, each value as JSON.</summary>
public sealed record RecipeDifference(string Key, string Before, string After);

/// <summary>Tells whether a run may go on under another recipe.</summary>
public static class RecipeComparison
{
    // What the data is called and how much of it is tested changes no weight; what the data
    // holds is compared by its hash, not here.
    private static readonly HashSet<string> Free = ["name", "description", "data"];

    /// <summary>
    /// The fields in which two recipes differ and that change the weights. More epochs are no
    /// difference where the schedule is constant.
    /// </summary>
    public static IReadOnlyList<RecipeDifference> BitRelevantDifferences(
        Recipe before, Recipe after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        bool maySettleEpochs = after.Epochs >= before.Epochs
            && before.Schedule.Kind == ScheduleKind.Constant
            && after.Schedule.Kind == ScheduleKind.Constant;
        var was = Fields(before);
        var now = Fields(after);
        return
        [
            .. was.Keys.Union(now.Keys)
                .Where(key => !(key == "epochs" && maySettleEpochs))
                .Select(key => new RecipeDifference(
                    key, was.GetValueOrDefault(key, "none"), now.GetValueOrDefault(key, "none")))
                .Where(d => d.Before != d.After),
        ];
    }

    /// <summary>Path of each leaf → its JSON, in the writer's order.</summary>
    private static Dictionary<string, string> Fields(Recipe recipe)
    {
        // The number of test samples, and how inputs were stated, do not touch the weights.
        var relevant = recipe with { Data = recipe.Data with { TestLimit = null } };
        using var document = JsonDocument.Parse(RecipeWriter.ToJson(relevant));
        var fields = new Dictionary<string, string>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!Free.Contains(property.Name))
            {
                Flatten(property.Name, property.Value, fields);
            }
        }
        return fields;
    }

    private static void Flatten(
        string path, JsonElement element, Dictionary<string, string> fields)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten($"{path}.{property.Name}", property.Value, fields);
                }
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten($"{path}[{index++}]", item, fields);
                }
                break;
            default:
                fields.Add(path, element.GetRawText());
                break;
        }
    }
}
