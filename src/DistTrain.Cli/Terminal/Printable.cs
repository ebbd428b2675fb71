using System.Text;

namespace DistTrain.Cli;

/// <summary>Text from a file or from another node, fit for a terminal.</summary>
internal static class Printable
{
    /// <summary>One line without control characters: an escape sequence must not reach the
    /// terminal.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (char c in text.ReplaceLineEndings(" "))
        {
            line.Append(char.IsControl(c) ? '?' : c);
        }
        return line.ToString();
    }
}
