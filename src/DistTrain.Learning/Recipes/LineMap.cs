using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>The line of each top-level key, and of each element of an array under it.</summary>
internal sealed class LineMap
{
    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Reads JSON that is already known to be well-formed.</summary>
    public LineMap(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        var path = new Stack<(string Prefix, int NextIndex)>();
        string pending = "";
        int line = 1;
        int counted = 0;
        while (reader.Read())
        {
            line += utf8[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
            counted = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    string prefix = path.Peek().Prefix;
                    string name = reader.GetString()!;
                    pending = prefix.Length == 0 ? name : $"{prefix}.{name}";
                    _lines.TryAdd(pending, line);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path.Pop();
                    break;
                default:
                    string here = Enter(path, pending, line);
                    pending = "";
                    if (reader.TokenType is JsonTokenType.StartObject)
                    {
                        path.Push((here, -1));
                    }
                    else if (reader.TokenType is JsonTokenType.StartArray)
                    {
                        path.Push((here, 0));
                    }
                    break;
            }
        }
    }

    /// <summary>From 1; null for what is not in the file.</summary>
    public int? Of(string path) => _lines.TryGetValue(path, out int line) ? line : null;

    /// <summary>The path of the value that begins here.</summary>
    private string Enter(Stack<(string Prefix, int NextIndex)> path, string pending, int line)
    {
        if (path.Count == 0 || path.Peek().NextIndex < 0)
        {
            return pending;
        }
        var (prefix, index) = path.Pop();
        path.Push((prefix, index + 1));
        string here = $"{prefix}[{index}]";
        _lines.TryAdd(here, line);
        return here;
    }
}
