using System.Text;

namespace DistTrain.Repo.Tests;

/// <summary>
/// Blanks comments and literals of C# text, so that a check sees only code. Every character keeps
/// its place and every line its number. The holes of interpolated strings are code and stay.
/// Not a compiler: directives and attributes are code to it.
/// </summary>
internal ref struct CSharpCode
{
    private readonly string _text;
    private readonly StringBuilder _code;
    private int _at;

    private CSharpCode(string text)
    {
        _text = text;
        _code = new StringBuilder(text);
    }

    /// <summary>The same text, as long, with comments and literals replaced by spaces.</summary>
    public static string Of(string text)
    {
        CSharpCode scanner = new(text);
        scanner.Code(closers: 0);
        return scanner._code.ToString();
    }

    /// <summary>Reads code up to the end or, in a hole, to the braces that close it.</summary>
    private void Code(int closers)
    {
        int depth = 0;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (closers > 0 && depth == 0 && c == '}')
                return;
            if (c is '{' or '(' or '[')
                depth++;
            if (c is '}' or ')' or ']')
                depth--;
            if (closers > 0 && depth == 0 && c == ':' && !Starts("::"))
            {
                SkipFormat();
                return;
            }

            Token(c);
        }
    }

    private void Token(char c)
    {
        if (Starts("//"))
            Blank(LengthUntil("\n"));
        else if (Starts("/*"))
            Blank(LengthUntil("*/") + 2);
        else if (c == '\'')
            BlankCharacter();
        else if (c is '"' or '$' or '@' && StringPrefix() is int prefix and >= 0)
            String(prefix);
        else
            _at++;
    }

    /// <summary>Length of the $ and @ before a quote; −1 where no string begins here.</summary>
    private readonly int StringPrefix()
    {
        int length = 0;
        while (_at + length < _text.Length && _text[_at + length] is '$' or '@')
            length++;
        return _at + length < _text.Length && _text[_at + length] == '"' ? length : -1;
    }

    private void String(int prefix)
    {
        ReadOnlySpan<char> signs = _text.AsSpan(_at, prefix);
        int dollars = signs.Count('$');
        bool verbatim = signs.Contains('@');
        _at += prefix;
        int quotes = 0;
        while (_at + quotes < _text.Length && _text[_at + quotes] == '"')
            quotes++;
        if (quotes == 2)
        {
            _at += 2; // The empty string.
            return;
        }

        bool raw = quotes >= 3;
        _at += raw ? quotes : 1;
        string end = new('"', raw ? quotes : 1);
        while (_at < _text.Length && !Ends(end, verbatim))
            StringPart(dollars, verbatim, raw);
        _at = Math.Min(_at + end.Length, _text.Length);
    }

    /// <summary>At the closing quotes; steps over the doubled ones of verbatim strings.</summary>
    private bool Ends(string end, bool verbatim)
    {
        while (verbatim && Starts("\"\""))
            Blank(2);
        return Starts(end);
    }

    private void StringPart(int dollars, bool verbatim, bool raw)
    {
        int braces = raw ? dollars : 1;
        if (dollars > 0 && !raw && Starts("{{"))
        {
            Blank(2);
        }
        else if (dollars > 0 && Starts(new string('{', braces)))
        {
            // Of a longer run, in a raw string, the last ones open the hole.
            while (Starts(new string('{', braces + 1)))
                Blank(1);
            _at += braces;
            Code(closers: braces);
            _at = Math.Min(_at + braces, _text.Length);
        }
        else
        {
            Blank(!verbatim && !raw && _text[_at] == '\\' ? 2 : 1);
        }
    }

    /// <summary>From the colon of a hole to before its closing brace.</summary>
    private void SkipFormat() => Blank(LengthUntil("}"));

    private void BlankCharacter()
    {
        int end = _at + 1;
        while (end < _text.Length && _text[end] is not ('\'' or '\n'))
            end += _text[end] == '\\' ? 2 : 1;
        Blank(end + 1 - _at);
    }

    private readonly bool Starts(string what) =>
        string.CompareOrdinal(_text, _at, what, 0, what.Length) == 0;

    private readonly int LengthUntil(string what)
    {
        int found = _text.IndexOf(what, _at, StringComparison.Ordinal);
        return (found < 0 ? _text.Length : found) - _at;
    }

    private void Blank(int length)
    {
        int end = Math.Min(_at + length, _text.Length);
        for (; _at < end; _at++)
        {
            if (_text[_at] != '\n')
                _code[_at] = ' ';
        }
    }
}
