using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace DistTrain.Simulation.Tests;

/// <summary>One seed after the other until a check finds the bug; each bug is hunted once.
/// </summary>
/// <param name="Seeds">Tried, with the one that found it.</param>
/// <param name="Failure">What the check said; null: not found.</param>
internal sealed record Hunt(int Seeds, CheckFailedException? Failure)
{
    public const int MostSeeds = 2_000;

    private static readonly ConcurrentDictionary<Bug, Hunt> Done = new();

    /// <summary>The last one tried.</summary>
    public long Seed => Seeds - 1;

    public static Hunt For(Bug bug) => Done.GetOrAdd(bug, static bug =>
    {
        for (int seed = 0; seed < MostSeeds; seed++)
        {
            if (bug.Run(ScenarioGenerator.Of(seed)) is { } failure)
            {
                return new Hunt(seed + 1, failure);
            }
        }

        return new Hunt(MostSeeds, null);
    });

    /// <summary>The scenario that is left when what the bug does not need is cut away.</summary>
    public static Scenario ShrunkOf(Bug bug) =>
        ScenarioText.Parse(File.ReadAllText(PathOf(bug)));

    /// <summary>Cuts it down anew, unless what is there still shows the bug.</summary>
    public static void Renew(Bug bug)
    {
        Hunt hunt = For(bug);
        bool isGood = File.Exists(PathOf(bug))
            && bug.Run(ShrunkOf(bug))?.Check == hunt.Failure?.Check;
        if (!isGood)
        {
            Scenario small = Shrinker.Shrink(ScenarioGenerator.Of(hunt.Seed), bug.Run);
            File.WriteAllText(PathOf(bug), $"# {bug.What}\n{ScenarioText.Of(small)}");
        }
    }

    private static string PathOf(Bug bug, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Shrunk", bug.Name + ".txt");
}
