using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>The drawn clusters and faults on gradients that may be stale: every run ends, within
/// the bound, and each microbatch is applied once in each slice.</summary>
public sealed class StaleSeedTests
{
    private const int Seeds = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(RunPlan.MostStaleness)]
    public void Seeds_end_within_the_bound_and_use_it(int staleness)
    {
        var applied = new SortedDictionary<long, long>();
        for (long seed = 0; seed < Seeds; seed++)
        {
            Scenario scenario = ScenarioText.Parse(
                ScenarioText.Of(ScenarioGenerator.StaleOf(seed, staleness)));
            scenario.Plan.Staleness.ShouldBe(staleness);
            var check = new StalenessCheck(scenario.Plan);

            SimulatedRun.Run(scenario, ProductRoles.Instance, Computation(scenario), check)
                .Failure.ShouldBeNull($"seed {seed}");

            foreach ((long behind, long count) in check.Applied)
            {
                applied[behind] = applied.GetValueOrDefault(behind) + count;
            }
        }

        // Epochs have 18 steps at most.
        applied.Keys.Max().ShouldBe(Math.Min(staleness, 17));
        applied.Where(a => a.Key > 0).Sum(a => a.Value).ShouldBeGreaterThan(applied[0]);
    }

    [Fact]
    public void Two_leads_whose_slices_are_at_one_version_do_not_share_gradients()
    {
        Scenario scenario = ScenarioGenerator.StaleOf(1333, RunPlan.MostStaleness);
        SimulatedRun.Run(scenario, ProductRoles.Instance, Computation(scenario))
            .Failure.ShouldBeNull();
    }

    [Fact]
    public void A_gradient_beyond_the_bound_is_found()
    {
        Scenario scenario = ScenarioGenerator.StaleOf(0, 3);
        SeedResult result = SimulatedRun.Run(
            scenario, ProductRoles.Instance, Computation(scenario),
            new StalenessCheck(scenario.Plan with { Staleness = 2 }));

        result.Failure.ShouldNotBeNull().Message.ShouldStartWith("staleness: ");
    }

    private static SymbolicComputation Computation(Scenario scenario) =>
        new(scenario.Plan, scenario.Patience);
}
