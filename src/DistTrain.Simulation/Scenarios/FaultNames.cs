using System.Collections.Immutable;
using System.Text;

namespace DistTrain.Simulation;

/// <summary>"crash-and-lose-disk" for <see cref="FaultKind.CrashAndLoseDisk"/>, and back.
/// </summary>
internal static class FaultNames
{
    private static readonly ImmutableDictionary<FaultKind, string> Names =
        Enum.GetValues<FaultKind>().ToImmutableDictionary(k => k, k => Hyphenated(k.ToString()));

    private static readonly ImmutableDictionary<string, FaultKind> Kinds =
        Names.ToImmutableDictionary(pair => pair.Value, pair => pair.Key);

    public static string Of(FaultKind kind) => Names[kind];

    public static bool TryParse(string name, out FaultKind kind) =>
        Kinds.TryGetValue(name, out kind);

    private static string Hyphenated(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
