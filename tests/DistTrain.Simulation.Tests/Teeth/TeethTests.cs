using System.Text.RegularExpressions;

namespace DistTrain.Simulation.Tests;

/// <summary>
/// The checks find deliberate bugs, and nothing else. With DISTTRAIN_REWRITE=1 the table in
/// docs/SIMULATION.md and the shrunk scenarios are written anew.
/// </summary>
public sealed partial class TeethTests
{
    private static readonly Bug None = new("none", "nothing is wrong")
    {
        Coordinator = (role, _, _) => new BrokenRole(role),
        Slice = role => new BrokenRole(role),
        Worker = role => new BrokenRole(role),
    };

    private static bool IsRewriting =>
        Environment.GetEnvironmentVariable("DISTTRAIN_REWRITE") is not null;

    public static TheoryData<string> Names => new(Bugs.All.Select(bug => bug.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bug_is_caught(string name)
    {
        Bug bug = Named(name);
        Hunt hunt = Hunt.For(bug);
        hunt.Failure.ShouldNotBeNull($"{bug.What}: not caught by {hunt.Seeds} seeds");
    }

    [Fact]
    public void On_the_same_seeds_an_unbroken_cluster_is_not_caught()
    {
        int seeds = Bugs.All.Max(bug => Hunt.For(bug).Seeds);
        for (int seed = 0; seed < seeds; seed++)
        {
            None.Run(ScenarioGenerator.Of(seed)).ShouldBeNull($"seed {seed} of {seeds}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_left_of_a_scenario_shows_the_bug_and_nothing_else(string name)
    {
        Bug bug = Named(name);
        if (IsRewriting)
        {
            Hunt.Renew(bug);
        }

        Scenario shrunk = Hunt.ShrunkOf(bug);
        var shown = bug.Run(shrunk).ShouldNotBeNull($"{name}: the shrunk scenario shows nothing");
        shown.Check.ShouldBe(
            Hunt.For(bug).Failure?.Check, $"DISTTRAIN_REWRITE=1 cuts {name} down anew");
        None.Run(shrunk).ShouldBeNull();
    }

    [Fact]
    public void The_table_in_the_document_is_what_was_found()
    {
        if (IsRewriting)
        {
            Bugs.All.ToList().ForEach(Hunt.Renew);
        }

        string text = File.ReadAllText(TeethTable.Document);
        string table = TeethTable.Of(Bugs.All);
        string whole = Between().Replace(text, match => match.Groups["begin"].Value + table);
        if (IsRewriting)
        {
            File.WriteAllText(TeethTable.Document, whole);
        }

        whole.ShouldBe(text, "if the new table is right: DISTTRAIN_REWRITE=1");
        whole.ShouldContain(table);
    }

    private static Bug Named(string name) => Bugs.All.Single(bug => bug.Name == name);

    /// <summary>From the table's first line to the empty line after it.</summary>
    [GeneratedRegex(@"(?<begin>\n)\| bug \|(.*\n)+?(?=\n|\z)")]
    private static partial Regex Between();
}
