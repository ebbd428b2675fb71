using System.Security.Cryptography;

namespace DistTrain.Simulation.Tests;

/// <summary>Drawn clusters, drawn faults: every run ends, and every bit is as it must be.
/// </summary>
public sealed class SeedTests
{
    private const int FixedSeeds = 600;
    private const int FreshSeeds = 300;
    private const int RealSeeds = 25;

    [Fact]
    public void Fixed_seeds_end_with_the_right_bits_and_none_is_trivial()
    {
        SweepSummary summary = SeedSweep.Run(0, FixedSeeds, isReal: false);

        ShouldHaveHeld(summary);
        summary.NodesOfSeeds.Median.ShouldBeGreaterThanOrEqualTo(5);
        summary.SlicesOfSeeds.Median.ShouldBeGreaterThanOrEqualTo(2);
        summary.StepsOfSeeds.Median.ShouldBeGreaterThanOrEqualTo(30);
        summary.FaultsOfSeeds.Median.ShouldBeGreaterThanOrEqualTo(5);
        (summary.LostBoth * 100 / FixedSeeds).ShouldBeGreaterThanOrEqualTo(20);
        (summary.RolledBack * 100 / FixedSeeds).ShouldBeGreaterThanOrEqualTo(10);
        summary.Effective.Keys.Order()
            .ShouldBe(Enum.GetValues<FaultKind>().Select(FaultNames.Of).Order());
    }

    [Fact]
    public void Fresh_seeds_end_with_the_right_bits()
    {
        long first = RandomNumberGenerator.GetInt32(int.MaxValue);
        ShouldHaveHeld(SeedSweep.Run(first, FreshSeeds, isReal: false));
    }

    [Fact]
    public void Real_arithmetic_gives_the_bits_of_the_reference_trainer() =>
        ShouldHaveHeld(SeedSweep.Run(0, RealSeeds, isReal: true));

    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    public void A_seed_tells_the_same_story_every_time(long seed)
    {
        (SeedResult first, string story) = Simulator.RunWithTranscript(seed, false, true);
        (SeedResult second, string again) = Simulator.RunWithTranscript(seed, false, true);

        again.ShouldBe(story);
        second.Events.ShouldBe(first.Events);
        story.Length.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public void A_scenario_replays_what_its_seed_does()
    {
        (SeedResult result, string story) = Simulator.RunWithTranscript(5, false, false);
        (SeedResult replayed, string again) = Simulator.Replay(
            ScenarioText.Of(ScenarioGenerator.Of(5)), false, false);

        again.ShouldBe(story);
        replayed.FinalHash.ShouldBe(result.FinalHash);
    }

    private static void ShouldHaveHeld(SweepSummary summary)
    {
        string failures = string.Join('\n', summary.Failed.Take(5).Select(f =>
            $"disttrain simulate --seed {f.Seed}: {f.Failure!.Message}"));
        failures.ShouldBeEmpty();
    }
}
