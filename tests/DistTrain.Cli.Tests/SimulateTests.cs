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

    [Fact]
    public void The_scaling_table_says_how_far_workers_help_and_what_bounds_them()
    {
        string output = Run(
            "simulate", "--scaling", "--network", "784-100-10", "--bandwidth", "10", "--workers",
            "1", "--workers", "64", "--workers", "128", "--parameter-servers", "1").Output;
        output.ShouldContain("| 784-100-10 | 79,510 |");
        output.ShouldContain("Strong scaling");
        output.ShouldContain("Weak scaling");
        output.ShouldContain("Local steps");
        output.ShouldMatch(@"\| 64 \| servers send bytes, \d+ % \|");
    }

    [Fact]
    public void Scaling_as_json_has_inputs_and_points()
    {
        var result = Run(
            "simulate", "--scaling", "--json", "--network", "784-128-32-10", "--bandwidth", "1",
            "--workers", "2", "--parameter-servers", "4", "--cost", "latency=7", "--cost",
            "sample=3.5");
        result.ExitCode.ShouldBe(0);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        json.EnumerateObject().Select(p => p.Name).ShouldBe(["inputs", "points", "seconds"]);
        JsonElement inputs = json.GetProperty("inputs");
        inputs.GetProperty("latencyMicros").GetDouble().ShouldBe(7);
        inputs.GetProperty("networks")[0].GetProperty("sampleNanos").GetDouble().ShouldBe(3500);
        JsonElement[] points = [.. json.GetProperty("points").EnumerateArray()];
        points.Select(p => p.GetProperty("mode").GetString())
            .ShouldBe(["strong", "weak", "localSteps"]);
        foreach (JsonElement point in points)
        {
            point.EnumerateObject().Select(p => p.Name).ShouldBe(
                ["mode", "network", "bandwidthGbits", "parameterServers", "workers",
                    "stepsPerSecond", "samplesPerSecond", "efficiency", "bound",
                    "messagePart", "shares"]);
            point.GetProperty("workers").GetInt32().ShouldBe(2);
            string bound = point.GetProperty("bound").GetString()!;
            point.GetProperty("shares").GetProperty(bound).GetDouble().ShouldBeGreaterThan(0.1);
        }
    }

    [Theory]
    [InlineData("--scaling --network 784-10", "784-100-10, 784-128-32-10")]
    [InlineData("--scaling --bandwidth 0 --cost speed=3", "--bandwidth 0")]
    [InlineData("--scaling --bandwidth 0 --cost speed=3", "sample, update, combine")]
    [InlineData("--scaling --cost latency=-1", "--cost latency=-1")]
    [InlineData("--scaling --workers 0", "--workers 0")]
    [InlineData("--scaling --workers 2000000", "--workers 2000000")]
    [InlineData("--scaling --seed 4 --real", "--seed, --real: not with --scaling")]
    [InlineData("--network 784-100-10", "--network: only with --scaling")]
    public void Scaling_refuses_what_it_does_not_understand(string options, string problem)
    {
        var result = Run(["simulate", .. options.Split(' ')]);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(problem);
    }
}
