namespace DistTrain.Simulation.Tests;

public sealed class RealTests
{
    [Fact]
    public void The_loop_over_slices_gives_what_the_reference_trainer_does()
    {
        for (long seed = 0; seed < 5; seed++)
        {
            Scenario scenario = ScenarioGenerator.Of(seed);
            var computation = new RealComputation(scenario.Plan, scenario.Patience, seed);
            computation.FinalHash.Length.ShouldBe(64);
        }
    }
}
