using System.Diagnostics.CodeAnalysis;

namespace DistTrain.Numerics;

/// <summary>The names of the instruction sets on the command line, in reports and in files.
/// </summary>
public static class IsaNames
{
    private static readonly (Isa Isa, string Name)[] Names =
    [
        (Isa.Avx512, "avx512"),
        (Isa.Avx2, "avx2"),
        (Isa.V128, "v128"),
        (Isa.Scalar, "scalar"),
    ];

    /// <summary>Every name, the widest instruction set first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(pair => pair.Name)];

    public static string Format(Isa isa)
    {
        foreach ((Isa known, string name) in Names)
        {
            if (known == isa)
                return name;
        }

        throw new ArgumentOutOfRangeException(nameof(isa), isa, "Not an instruction set.");
    }

    /// <summary>Accepts exactly the names of <see cref="All"/>, in any case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Isa isa)
    {
        foreach ((Isa known, string name) in Names)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
            {
                isa = known;
                return true;
            }
        }

        isa = default;
        return false;
    }
}
