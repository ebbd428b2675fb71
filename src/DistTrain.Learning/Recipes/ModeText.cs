using System.Globalization;

namespace DistTrain.Learning;

/// <summary>The key "mode": sync, local-steps:H, stale:B or stale:inf.</summary>
internal static class ModeText
{
    private const string Sync = "sync";
    private const string LocalSteps = "local-steps";
    private const string Stale = "stale";
    private const string Unbounded = "inf";

    public static string Format(ModeRecipe mode) => mode.Kind switch
    {
        ModeKind.LocalSteps =>
            string.Create(CultureInfo.InvariantCulture, $"{LocalSteps}:{mode.LocalSteps}"),
        ModeKind.Stale when mode.StalenessBound is { } bound =>
            string.Create(CultureInfo.InvariantCulture, $"{Stale}:{bound}"),
        ModeKind.Stale => $"{Stale}:{Unbounded}",
        _ => Sync,
    };

    /// <summary>The kind and the constant of its text; the others keep their defaults.</summary>
    public static ModeRecipe Read(in RecipeValue value, ValueReader reader)
    {
        var mode = new ModeRecipe();
        string[] parts = value.IsString ? value.Element.GetString()!.Split(':', 2) : [""];
        string? constant = parts.Length == 2 ? parts[1] : null;
        switch (parts[0])
        {
            case Sync when constant is null:
                return mode;
            case LocalSteps when constant is not null:
                return mode with
                {
                    Kind = ModeKind.LocalSteps,
                    LocalSteps = reader.Whole(
                        value.Part(" local steps", constant), 1, RecipeLimits.LocalSteps, 1),
                };
            case Stale when constant is not null:
                return mode with
                {
                    Kind = ModeKind.Stale,
                    StalenessBound = constant == Unbounded
                        ? null
                        : reader.Whole(
                            value.Part(" staleness", constant), 0, RecipeLimits.Staleness, 0),
                };
            case LocalSteps or Stale:
                reader.Problems.Add(value, $"{value.Written} lacks a number",
                    $"write {LocalSteps}:10 for rounds of 10 steps, {Stale}:2 for gradients up to "
                        + "2 versions old");
                return mode;
            default:
                reader.Unknown(value, parts[0], [Sync, LocalSteps + ":H", Stale + ":B"]);
                return mode;
        }
    }
}
