using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>The top-level object of a recipe file: key → value, in no way interpreted yet.
/// </summary>
internal static class RecipeJson
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 8,
    };

    public static Dictionary<string, RecipeValue> Read(
        ReadOnlyMemory<byte> utf8, string source, ProblemList problems)
    {
        var values = new Dictionary<string, RecipeValue>();
        utf8 = WithoutByteOrderMark(utf8);
        JsonElement root = Parse(utf8, source);
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new RecipeException(new RecipeProblem(source,
                "is not a recipe: a recipe is one JSON object",
                "begin with { and end with }"));
        }
        var lines = new LineMap(utf8.Span);
        var known = RecipeFields.All.Select(f => f.Key).ToArray();
        foreach (var property in root.EnumerateObject())
        {
            string key = property.Name;
            var value = new RecipeValue(key, key, lines.Of(key), property.Value, IsText: false);
            if (key == RecipeFields.SchemaKey)
            {
                continue;
            }
            if (!known.Contains(key))
            {
                problems.Add(value, "is not a key of a recipe",
                    DidYouMean.Hint(key, known) ?? "the keys are: " + string.Join(", ", known));
            }
            else if (!values.TryAdd(key, value))
            {
                problems.Add(value, "is given twice", "keep one of them");
            }
        }
        return values;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> utf8, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Lenient);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            string reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new RecipeException(new RecipeProblem(source,
                $"is not valid JSON at line {e.LineNumber + 1}, "
                + $"column {e.BytePositionInLine + 1}: {reason}",
                "look for a missing comma, quotation mark or bracket there"));
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
}
