using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>What layers must not know: Protocol no fraction, pointers in few places.</summary>
internal static partial class LayerWords
{
    /// <summary>Types and literals of fractions: the protocol knows whole numbers.</summary>
    public static IEnumerable<Finding> Fractions(SourceFile file) =>
        from Match match in Fraction().Matches(file.Code)
        select file.At(match.Index, $"{match.Value}: the protocol never sees a fraction");

    public static IEnumerable<Finding> Unsafe(SourceFile file) =>
        from Match match in UnsafeWord().Matches(file.Code)
        select file.At(match.Index, $"{match.Value}: it is not unsafe here");

    [GeneratedRegex(
        @"\b(?:float|double|decimal|Single|Double|Decimal|Half|MathF)\b"
        + @"|(?<![\w.])\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[fFdDmM]\b"
        + @"|(?<![\w.])\d[\d_]*(?:\.\d|[eE][+-]?\d)")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"(?<![\w.])unsafe\b|(?<!\w)Unsafe\s*\.\s*\w+")]
    private static partial Regex UnsafeWord();
}
