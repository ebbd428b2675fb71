using System.Buffers;
using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>A value as someone wrote it, in a recipe file or on the command line.</summary>
/// <param name="Field">The top-level key it belongs to.</param>
/// <param name="Label">What to call it in a message: a path or an option.</param>
/// <param name="Line">Where it stands in the file, from 1; null on the command line.</param>
/// <param name="Element">The value; all text where <paramref name="IsText"/>.</param>
/// <param name="IsText">True on the command line, where a number is text too.</param>
internal readonly record struct RecipeValue(
    string Field, string Label, int? Line, JsonElement Element, bool IsText)
{
    public bool IsNull => IsText
        ? Element.GetString() is "none"
        : Element.ValueKind == JsonValueKind.Null;

    public bool IsString => Element.ValueKind == JsonValueKind.String;

    /// <summary>A value of the command line, or a part of a compact text like "adam:beta1=0.9".
    /// </summary>
    public static RecipeValue OfText(string field, string label, int? line, string text) =>
        new(field, label, line, ElementOf(text), IsText: true);

    /// <summary>The part of a compact text, called like the whole.</summary>
    public RecipeValue Part(string suffix, string text) =>
        OfText(Field, Label + suffix, Line, text);

    /// <summary>How it was written, cut to a length fit for a message.</summary>
    public string Written
    {
        get
        {
            string raw = IsText ? $"\"{Element.GetString()}\"" : Element.GetRawText();
            string oneLine = raw.ReplaceLineEndings(" ");
            return oneLine.Length <= 60 ? oneLine : string.Concat(oneLine.AsSpan(0, 57), "…");
        }
    }

    /// <summary>The digits of a number, or null where it is none.</summary>
    public string? NumberText => Element.ValueKind switch
    {
        JsonValueKind.Number => Element.GetRawText(),
        JsonValueKind.String when IsText => Element.GetString()!.Trim(),
        _ => null,
    };

    // Not by the serializer: it would be made ready for all types, and for this one only.
    private static JsonElement ElementOf(string text)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(utf8);
        json.WriteStringValue(text);
        json.Flush();
        return JsonElement.Parse(utf8.WrittenSpan);
    }
}
