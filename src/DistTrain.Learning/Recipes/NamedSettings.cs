using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>
/// A choice with constants of its own: <c>{"name": "adam", "beta1": 0.9}</c> in a recipe, or
/// <c>adam:beta1=0.9</c> as text, in a recipe and on the command line alike.
/// </summary>
internal sealed class NamedSettings
{
    private readonly Dictionary<string, RecipeValue> _settings = [];

    private NamedSettings(RecipeValue? name)
    {
        Name = name;
    }

    /// <summary>Null where there is none, which has been reported.</summary>
    public RecipeValue? Name { get; }

    public RecipeValue? this[string key] =>
        _settings.TryGetValue(key, out var value) ? value : null;

    /// <summary>Reads either form; keys other than these are problems.</summary>
    /// <param name="nameKey">Key of the choice in the object form.</param>
    public static NamedSettings Read(
        in RecipeValue value, string nameKey, string[] keys, ProblemList problems)
    {
        if (value.IsString)
        {
            return ReadText(value, keys, problems);
        }
        if (value.Element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(value, $"{value.Written} is neither a name nor an object",
                $"write a name in quotation marks, or {{\"{nameKey}\": …}}");
            return new NamedSettings(null);
        }
        return ReadObject(value, nameKey, keys, problems);
    }

    private static NamedSettings ReadObject(
        in RecipeValue value, string nameKey, string[] keys, ProblemList problems)
    {
        RecipeValue Member(string key, JsonElement element, in RecipeValue parent) =>
            parent with { Label = $"{parent.Label}.{key}", Element = element };

        RecipeValue? name = null;
        if (value.Element.TryGetProperty(nameKey, out var named))
        {
            name = Member(nameKey, named, value);
        }
        else
        {
            problems.Add(value, $"has no \"{nameKey}\"", $"add \"{nameKey}\": \"…\"");
        }
        var settings = new NamedSettings(name);
        var seen = new HashSet<string>();
        foreach (var property in value.Element.EnumerateObject())
        {
            var member = Member(property.Name, property.Value, value);
            if (!seen.Add(property.Name))
            {
                problems.Add(member, "is given twice", "keep one of them");
            }
            else if (property.Name != nameKey)
            {
                settings.Take(property.Name, member, keys, problems);
            }
        }
        return settings;
    }

    private static NamedSettings ReadText(
        in RecipeValue value, string[] keys, ProblemList problems)
    {
        string text = value.Element.GetString()!;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        var settings = new NamedSettings(value.Part("", colon < 0 ? text : text[..colon]));
        if (colon < 0)
        {
            return settings;
        }
        foreach (string pair in text[(colon + 1)..].Split(','))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                problems.Add(value, $"\"{pair}\" is not of the form key=value",
                    "the keys are: " + string.Join(", ", keys));
                continue;
            }
            string key = pair[..equals].Trim();
            var member = value.Part(" " + key, pair[(equals + 1)..]);
            if (settings._settings.ContainsKey(key))
            {
                problems.Add(member, "is given twice", "keep one of them");
            }
            else
            {
                settings.Take(key, member, keys, problems);
            }
        }
        return settings;
    }

    private void Take(string key, in RecipeValue member, string[] keys, ProblemList problems)
    {
        if (keys.Contains(key))
        {
            _settings.Add(key, member);
            return;
        }
        problems.Add(member, "is not a key here",
            DidYouMean.Hint(key, keys) ?? "the keys are: " + string.Join(", ", keys));
    }
}
