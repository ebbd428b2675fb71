using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>What a user asked <c>train</c> to do.</summary>
/// <param name="Recipe">Path or name; null takes the quickstart, or what is resumed.</param>
/// <param name="Overrides">Options that win over the recipe.</param>
/// <param name="Resume">A run's folder, or "latest"; null begins a new run.</param>
/// <param name="Out">The run's folder; null makes a name.</param>
/// <param name="IsJson">Results as one JSON object.</param>
internal sealed record TrainRequest(
    string? Recipe, IReadOnlyList<RecipeOverride> Overrides, string? Resume, string? Out,
    bool IsJson);
