namespace DistTrain.Simulation.Tests;

public sealed class ScenarioTests
{
    [Fact]
    public void A_scenario_survives_being_written_and_read()
    {
        for (long seed = 0; seed < 200; seed++)
        {
            string text = ScenarioText.Of(ScenarioGenerator.Of(seed));
            ScenarioText.Of(ScenarioText.Parse(text)).ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("fault melt after=3", "melt")]
    [InlineData("fault crash when=3", "when")]
    [InlineData("fault crash after=soon", "soon")]
    [InlineData("fault crash after", "after")]
    [InlineData("fault crash nodes=32", "32")]
    [InlineData("fault slow after=1", "amount")]
    [InlineData("cluster heads=x", "x")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("seed 3", "steps-per-epoch")]
    public void A_line_that_is_not_understood_is_named(string line, string named) =>
        Should.Throw<FormatException>(() => ScenarioText.Parse(line)).Message.ShouldContain(named);

    [Fact]
    public void Every_kind_of_fault_is_drawn()
    {
        HashSet<FaultKind> drawn = [];
        for (long seed = 0; seed < 100; seed++)
        {
            drawn.UnionWith(ScenarioGenerator.Of(seed).Faults.Select(f => f.Kind));
        }

        drawn.Order().ShouldBe(Enum.GetValues<FaultKind>().Order());
    }

    [Fact]
    public void A_failure_is_cut_down_to_what_it_takes()
    {
        Scenario scenario = ScenarioGenerator.Of(3);
        var culprit = new Fault(FaultKind.BitFlip, 3, 0, 0, 1, -1, 0);
        scenario = scenario with { Heads = 3, Faults = [.. scenario.Faults, culprit] };

        Scenario small = Shrinker.Shrink(scenario, s =>
            s.Faults.Any(f => f.Kind == FaultKind.BitFlip) && s.Workers > 1
                ? new CheckFailedException("made up", "")
                : null);

        small.Faults.ShouldHaveSingleItem().Kind.ShouldBe(FaultKind.BitFlip);
        small.Workers.ShouldBe(2);
        small.Heads.ShouldBe(1);
        small.ParameterServers.ShouldBe(0);
        small.Plan.Slices.ShouldBe(1);
        small.Plan.TotalSteps.ShouldBe(2);
    }

    [Fact]
    public void Taking_a_node_out_moves_the_others_down()
    {
        var fault = new Fault(FaultKind.Crash, 0, 0, 1, Nodes: 0b1_0000, Others: -1, 0);
        Scenario scenario = SmallWorld.Scenario(fault);

        Scenario small = Shrinker.Shrink(scenario, s =>
            s.Faults.Any(f => f.Nodes == 1 << (s.Nodes - 1))
                ? new CheckFailedException("made up", "")
                : null);

        (small.Heads, small.ParameterServers).ShouldBe((1, 0));
        small.Faults.ShouldHaveSingleItem().Nodes.ShouldBe(1 << (small.Nodes - 1));
    }
}
