using System.Net;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>What a user asked <c>train</c>, <c>cluster</c> or <c>head</c> to do.</summary>
/// <param name="Recipe">Path or name; null takes the quickstart, or what is resumed.</param>
/// <param name="Overrides">Options that win over the recipe.</param>
/// <param name="Resume">A run's folder, or "latest"; null begins a new run.</param>
/// <param name="Out">The run's folder; null makes a name.</param>
/// <param name="IsJson">Results as one JSON object.</param>
internal sealed record TrainRequest(
    string? Recipe, IReadOnlyList<RecipeOverride> Overrides, string? Resume, string? Out,
    bool IsJson)
{
    /// <summary>The command that was typed.</summary>
    public string Command { get; init; } = "train";

    /// <summary>What only the engine akka knows.</summary>
    public AkkaChoices Akka { get; init; } = new();

    /// <summary>A head started this process and answers for it: its folder may have been used.
    /// </summary>
    public bool IsManaged { get; init; }

    /// <summary>The engine is akka, as typed; a recipe may ask for it too.</summary>
    public bool IsAkka => Overrides.Any(
        o => o.Key == "engine" && o.Text == RecipeNames.Engines.Of(EngineKind.Akka));

    /// <summary>Processes for parameter servers alone.</summary>
    public int ParameterServerNodes { get; init; }

    /// <summary>Where this process waits for nodes that others start; null: it starts its own, if
    /// the engine has any.</summary>
    public HeadPlace? Head { get; init; }
}

/// <summary>Where a head listens, and to whom.</summary>
/// <param name="Typed">As its user said.</param>
/// <param name="Listen">The address that is.</param>
/// <param name="Credentials">Who may connect.</param>
internal sealed record HeadPlace(HostPort Typed, IPEndPoint Listen, Credentials Credentials);
