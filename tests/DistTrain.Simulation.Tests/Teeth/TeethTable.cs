using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>Bug, seeds needed, the check that caught it, and what is left of the scenario.
/// </summary>
internal static class TeethTable
{
    public static string Document => Path.Combine(
        Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "SIMULATION.md");

    public static string Of(IEnumerable<Bug> bugs)
    {
        var table = new StringBuilder();
        table.Append("| bug | seeds | check | what it takes, and what is seen |\n");
        table.Append("|---|--:|---|---|\n");
        foreach (Bug bug in bugs)
        {
            Hunt hunt = Hunt.For(bug);
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {bug.What} | {hunt.Seeds} | {hunt.Failure?.Check} | {StoryOf(bug)} |\n");
        }

        return table.ToString();
    }

    /// <summary>"1 head, 2 workers, 4 steps; crash of head 0: ps 1 holds …"</summary>
    private static string StoryOf(Bug bug)
    {
        Scenario scenario = Hunt.ShrunkOf(bug);
        RunPlan plan = scenario.Plan;
        string[] size =
        [
            Count(scenario.Heads, "head"), Count(scenario.ParameterServers, "ps", "ps"),
            Count(scenario.Workers, "worker"), Count(plan.Slices, "slice"),
            Count(plan.TotalSteps, "step"),
        ];
        IEnumerable<string> faults = scenario.Faults.Select(fault => FaultOf(scenario, fault));
        string story = string.Join(", ", size.Where(part => part.Length > 0));
        story = string.Join("; ", [story, .. faults]);
        return $"{story}: {bug.Run(scenario)?.What}";
    }

    private static string Count(long count, string one, string? many = null) => count == 0 ? ""
        : count == 1 ? $"1 {one}"
        : $"{count} {many ?? one + "s"}";

    private static string FaultOf(Scenario scenario, Fault fault)
    {
        string kind = FaultNames.Of(fault.Kind);
        string[] struck = [.. Enumerable.Range(0, scenario.Nodes).Where(fault.Strikes)
            .Select(scenario.NameOf)];
        string where = struck.Length == scenario.Nodes ? "all" : string.Join(", ", struck);
        return $"{kind} ({where}) after version {fault.AfterVersion}";
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
