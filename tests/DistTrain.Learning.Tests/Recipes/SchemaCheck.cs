using System.Text.Json;
using System.Text.RegularExpressions;

namespace DistTrain.Learning.Tests;

/// <summary>
/// As much of JSON Schema 2020-12 as our schema uses; a keyword it does not know is an error, so
/// that none is ignored in silence.
/// </summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private static readonly HashSet<string> Annotations =
        ["$schema", "title", "description", "default", "examples", "$defs"];

    /// <summary>Null where the value is valid, else what is wrong with it.</summary>
    public string? Problem(JsonElement value) => Problem(root, value, "$");

    private string? Problem(JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Annotations.Contains(keyword.Name)
                && Judge(schema, keyword, value, path) is { } problem)
            {
                return problem;
            }
        }
        return null;
    }

    private string? Judge(
        JsonElement schema, JsonProperty keyword, JsonElement value, string path)
    {
        JsonElement k = keyword.Value;
        string wrong = $"{path}: {value.GetRawText()} against {keyword.Name} {k.GetRawText()}";
        bool number = value.ValueKind == JsonValueKind.Number;
        bool text = value.ValueKind == JsonValueKind.String;
        return keyword.Name switch
        {
            "$ref" => Problem(Resolve(k.GetString()!), value, path),
            "type" => HasType(value, k.GetString()!) ? null : wrong,
            "enum" => k.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)) ? null : wrong,
            "minimum" => !number || value.GetDouble() >= k.GetDouble() ? null : wrong,
            "maximum" => !number || value.GetDouble() <= k.GetDouble() ? null : wrong,
            "exclusiveMinimum" => !number || value.GetDouble() > k.GetDouble() ? null : wrong,
            "exclusiveMaximum" => !number || value.GetDouble() < k.GetDouble() ? null : wrong,
            "minLength" => !text || value.GetString()!.Length >= k.GetInt32() ? null : wrong,
            "maxLength" => !text || value.GetString()!.Length <= k.GetInt32() ? null : wrong,
            "pattern" => !text || Regex.IsMatch(value.GetString()!, k.GetString()!) ? null : wrong,
            "minItems" => !IsArray(value) || value.GetArrayLength() >= k.GetInt32() ? null : wrong,
            "maxItems" => !IsArray(value) || value.GetArrayLength() <= k.GetInt32() ? null : wrong,
            "items" => IsArray(value)
                ? value.EnumerateArray().Select((e, i) => Problem(k, e, $"{path}[{i}]"))
                    .FirstOrDefault(p => p is not null)
                : null,
            "oneOf" => k.EnumerateArray().Count(s => Problem(s, value, path) is null) == 1
                ? null : wrong,
            "required" => !IsObject(value)
                || k.EnumerateArray().All(n => value.TryGetProperty(n.GetString()!, out _))
                ? null : wrong,
            "properties" => IsObject(value)
                ? value.EnumerateObject()
                    .Where(p => k.TryGetProperty(p.Name, out _))
                    .Select(p => Problem(k.GetProperty(p.Name), p.Value, $"{path}.{p.Name}"))
                    .FirstOrDefault(p => p is not null)
                : null,
            "additionalProperties" => !IsObject(value) || value.EnumerateObject()
                .All(p => schema.GetProperty("properties").TryGetProperty(p.Name, out _))
                ? null : wrong,
            _ => throw new NotSupportedException($"schema keyword {keyword.Name}"),
        };
    }

    private JsonElement Resolve(string reference)
    {
        const string Definitions = "#/$defs/";
        reference.ShouldStartWith(Definitions);
        return root.GetProperty("$defs").GetProperty(reference[Definitions.Length..]);
    }

    private static bool IsArray(JsonElement value) => value.ValueKind == JsonValueKind.Array;

    private static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    private static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => IsObject(value),
        "array" => IsArray(value),
        "string" => value.ValueKind == JsonValueKind.String,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number
            && value.GetDouble() == Math.Floor(value.GetDouble()),
        _ => throw new NotSupportedException($"type {type}"),
    };
}
