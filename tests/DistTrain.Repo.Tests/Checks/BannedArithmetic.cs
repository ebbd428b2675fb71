using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace DistTrain.Repo.Tests;

/// <summary>
/// N1 of docs/NUMERICS.md as a check: operations whose bits change with the machine, the runtime
/// or the vector width must not occur where weights come from. Our own functions may carry the same
/// names (Exponential.Exp), so what counts is the qualified use.
/// </summary>
internal static class BannedArithmetic
{
    /// <summary>The one file that may ask the hardware or runtime for a scalar FMA (N7).</summary>
    private const string FmaFile = "SoftwareFma.cs";

    private const string Scalar =
        @"(?<![\w.])(?:global::)?(?:System\s*\.\s*)?"
        + @"(?:MathF?|float|double|Single|Double|Half|NFloat|BFloat16)\s*\.\s*";

    private const string Vector =
        @"(?<![\w])Vector(?:64|128|256|512|2|3|4)?(?:\s*<[^<>]*>)?\s*\.\s*";

    private const string Hardware =
        @"\b(?:Sse\w*|Ssse3|Avx\w*|Fma|AdvSimd|PackedSimd|Arm64|X64|VL)\s*\.\s*";

    private const string Elementary =
        @"(?:Pow|Exp|Exp2|Exp10|ExpM1|Exp2M1|Exp10M1|Log|Log2|Log10|LogP1|Log2P1|Log10P1"
        + @"|(?:Sin|Cos|Tan|SinCos|Asin|Acos|Atan|Atan2)(?:Pi)?"
        + @"|(?:Asinh|Acosh|Atanh|Sinh|Cosh|Tanh)"
        + @"|Cbrt|Hypot|RootN)\b";

    private static readonly ImmutableArray<Ban> Bans =
    [
        new(Scalar + Elementary, "an elementary function of the platform; use ours (N6)"),
        new(Vector + Elementary, "a vector elementary function; its bits follow the ISA"),
        new(Scalar + @"FusedMultiplyAdd\b", "scalar FMA outside " + FmaFile, FmaFile),
        new(@"\.\s*\w*Estimate\b", "an estimate; its bits follow the ISA"),
        new(@"\.\s*\w+Native\b", "a Native operation; its bits follow the ISA"),
        new(Vector + @"(?:Sum|Dot)\b", "a horizontal sum whose order follows the ISA (N4)"),
        new(Vector + @"(?:Min|Max|Clamp)\w*\b(?!\(\w+(?:\.\w+)*\.AsInt32\(\))",
            "vector Min/Max; compare and select (NaN, ±0)"),
        new(Hardware + @"(?:Min|Max|Reciprocal|Dot|Horizontal|AddAcross|AddPairwise)\w*\b",
            "an intrinsic with its own NaN, order or precision"),
        new(@"(?<![\w.])Vector\s*<", "Vector<T>; its width follows the machine"),
        new(@"(?:(?<![\w.])|System\s*\.\s*Numerics\s*\.\s*)Vector\s*\.",
            "System.Numerics.Vector; its width follows the machine"),
        new(@"\bTensorPrimitives\b", "TensorPrimitives; its bits follow the ISA"),
        new(@"\bnew\s+(?:System\s*\.\s*)?Random\b|(?<![\w.])Random\s*\.\s*\w|System\s*\.\s*Random\b"
            + @"|(?<![\w.])Random\??\s+\w+\s*[=;,){]|\bRandomNumberGenerator\b",
            "a random source of the platform; use Philox (N5)"),
        new(@"\busing\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?System\s*\.\s*MathF?\s*;",
            "a using that hides Math behind another name"),
        new(@"\bI(?:Exponential|Logarithmic|Power|Trigonometric|Hyperbolic|Root)Functions\b"
            + @"|\bI(?:Binary)?FloatingPointIeee754\b",
            "generic mathematics with elementary functions of the platform"),
    ];

    public static IEnumerable<Finding> Of(SourceFile file) =>
        from ban in Bans
        where ban.Except != file.Name
        from Match match in ban.Pattern.Matches(file.Code)
        select file.At(match.Index, $"{match.Value.Trim()}: {ban.Reason}");

    private sealed class Ban(string pattern, string reason, string? except = null)
    {
        public Regex Pattern { get; } = new(pattern, RegexOptions.CultureInvariant);

        public string Reason { get; } = reason;

        public string? Except { get; } = except;
    }
}
