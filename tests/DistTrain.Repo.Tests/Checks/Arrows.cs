using System.Collections.Immutable;

namespace DistTrain.Repo.Tests;

/// <summary>
/// The arrows of docs/ARCHITECTURE.md, as far as the projects exist: who may refer to whom, who may
/// use packages, who may be unsafe.
/// </summary>
internal static class Arrows
{
    private static readonly ImmutableDictionary<string, ImmutableArray<string>> Allowed =
        new Dictionary<string, ImmutableArray<string>>
        {
            ["Numerics"] = [],
            ["Learning"] = ["Numerics"],
            ["Protocol"] = [],
            ["Wire"] = ["Protocol"],
            ["Engine"] = ["Protocol", "Wire", "Learning"],
            ["Simulation"] = ["Protocol", "Engine"],
            ["Engine.Tcp"] = ["Engine", "Protocol", "Wire", "Learning"],
            ["Engine.Akka"] = ["Engine", "Protocol", "Wire", "Learning"],
            ["Cli"] =
                ["Engine", "Engine.Tcp", "Engine.Akka", "Protocol", "Learning", "Numerics",
                    "Simulation"],
        }.ToImmutableDictionary();

    private static readonly ImmutableHashSet<string> WithoutPackages =
        ["Numerics", "Learning", "Protocol", "Wire", "Simulation"];

    public static ImmutableHashSet<string> Layers => [.. Allowed.Keys];

    public static IEnumerable<Finding> Of(ProjectFile project)
    {
        if (!Allowed.TryGetValue(project.Layer, out ImmutableArray<string> allowed))
        {
            yield return project.File.Whole("a project that the architecture does not name");
            yield break;
        }

        foreach (string layer in project.References.Except(allowed))
            yield return project.File.Whole($"{project.Layer} may not refer to {layer}");
        if (WithoutPackages.Contains(project.Layer))
        {
            foreach (string package in project.Packages)
                yield return project.File.Whole($"{project.Layer} uses no package, not {package}");
        }

        // Of Engine, only the folder of shared memory is; LayerWordsTests looks at the words.
        if (project.AllowsUnsafe && project.Layer is not ("Numerics" or "Engine"))
            yield return project.File.Whole("only Numerics and Engine may allow unsafe blocks");
    }

    /// <summary>The default build restores everywhere; Akka needs a property to be set.</summary>
    public static IEnumerable<Finding> AkkaByDefault(ProjectFile project) =>
        from package in project.UnconditionalPackages
        where package.StartsWith("Akka", StringComparison.OrdinalIgnoreCase)
        select project.File.Whole($"{package} is named without a condition");
}
