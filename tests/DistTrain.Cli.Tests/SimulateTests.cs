using System.Text.Json;

namespace DistTrain.Cli.Tests;

public sealed class SimulateTests : ScratchFolder
{
    [Fact]
    public void A_seed_is_told_as_a_story_the_same_every_time()
    {
        var result = Run("simulate", "--seed", "3");
        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("seed 3");
        result.Output.ShouldContain("begins to lead");
        result.Output.ShouldContain("as without faults");
        Run("simulate", "--seed", "3").Output.ShouldBe(result.Output);
    }

    [Fact]
    public void Seeds_are_summed_up()
    {
        string output = Run("simulate", "--seed", "1", "--seeds", "20").Output;
        output.ShouldContain("1 … 20: 20 in");
        output.ShouldContain("worst recovery");
        output.ShouldContain("crash");
        output.ShouldContain("steps, each seed");
    }

    [Fact]
    public void Json_is_one_object_with_stable_keys()
    {
        var result = Run("simulate", "--seed", "5", "--seeds", "10", "--real", "--json");
        result.ExitCode.ShouldBe(0);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        json.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["firstSeed", "seeds", "failed", "steps", "virtualSeconds", "faults",
                "worstRecoveryTicks", "seconds"]);
        json.GetProperty("firstSeed").GetInt64().ShouldBe(5);
        json.GetProperty("seeds").GetInt32().ShouldBe(10);
        json.GetProperty("failed").GetArrayLength().ShouldBe(0);
        json.GetProperty("faults").GetProperty("crash").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_scenario_is_replayed_and_a_bad_one_refused_by_its_line()
    {
        string story = Run("simulate", "--seed", "3").Output.ReplaceLineEndings("\n");
        string scenario = story[..story.IndexOf("\n\n", StringComparison.Ordinal)];
        File.WriteAllText(At("three.txt"), scenario + "\n");
        Run("simulate", "--scenario", "three.txt").Output.ReplaceLineEndings("\n").ShouldBe(story);

        File.WriteAllText(At("bad.txt"), scenario + "\nfault melt\n");
        var bad = Run("simulate", "--scenario", "bad.txt");
        bad.ExitCode.ShouldBe(2);
        bad.Error.ShouldContain("fault melt");
    }

    [Fact]
    public void No_seeds_are_bad_usage()
    {
        var result = Run("simulate", "--seeds", "0");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("--seeds");
    }
}
