namespace DistTrain.Engine.Akka;

/// <summary>
/// Whether each bracket and quotation mark of a HOCON text has its partner. Akka's own parser does
/// not say: it takes the end of the file for any number of closing ones, and of <c>[a }</c> it
/// makes an endless list.
/// </summary>
internal static class HoconBrackets
{
    private const string LongQuote = "\"\"\"";

    /// <returns>What is wrong, with the line; null: nothing.</returns>
    public static string? Problem(string text)
    {
        var open = new Stack<(char Bracket, int Line)>();
        int line = 1;
        for (int at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\n':
                    line++;
                    break;
                case '"':
                    if (EndOfQuote(text, at) is not { } end)
                    {
                        return $"line {line}: a quotation mark is never closed";
                    }
                    line += text.AsSpan(at, end - at).Count('\n');
                    at = end - 1;
                    break;
                case '#':
                case '/' when text.AsSpan(at).StartsWith("//"):
                    at = Find(text, "\n", at) - 1;
                    break;
                case '{' or '[':
                    open.Push((text[at], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var last) || Partner(last.Bracket) != text[at])
                    {
                        return $"line {line}: {text[at]} closes nothing that is open";
                    }
                    break;
            }
        }
        return open.TryPop(out var left)
            ? $"line {left.Line}: {left.Bracket} is never closed"
            : null;
    }

    private static char Partner(char bracket) => bracket == '{' ? '}' : ']';

    /// <summary>Behind the text in quotation marks that begins there; null: it has no end.
    /// </summary>
    private static int? EndOfQuote(string text, int at)
    {
        if (text.AsSpan(at).StartsWith(LongQuote))
        {
            int end = Find(text, LongQuote, at + 3);
            return end == text.Length ? null : end + 3;
        }
        for (int end = at + 1; end < text.Length; end++)
        {
            switch (text[end])
            {
                case '"':
                    return end + 1;
                case '\\':
                    end++;
                    break;
            }
        }
        return null;
    }

    /// <summary>Where it stands, or the end.</summary>
    private static int Find(string text, string what, int from)
    {
        int found = text.IndexOf(what, Math.Min(from, text.Length), StringComparison.Ordinal);
        return found < 0 ? text.Length : found;
    }
}
