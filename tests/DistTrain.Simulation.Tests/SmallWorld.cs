using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>Scenarios written by hand, and single parts of a cluster to try checks on.</summary>
internal static class SmallWorld
{
    public static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 2, MicrobatchesPerStep: 5, MicrobatchesInLastStep: 3,
        ValidationMicrobatches: 2, TestMicrobatches: 2, CheckpointEverySteps: 0, Slices: 2,
        ClipsGlobalNorm: true, RestoresBest: false);

    public static readonly Generation First = new(1);

    public static Scenario Scenario(params Fault[] faults) => new()
    {
        Seed = 1,
        Plan = Plan,
        Patience = 3,
        Heads = 2,
        ParameterServers = 1,
        Workers = 2,
        Faults = faults,
    };

    public static World World(Scenario? scenario = null, params Observer[] observers)
    {
        scenario ??= Scenario();
        var world = new World(
            scenario, new SymbolicComputation(scenario.Plan, scenario.Patience),
            ProductRoles.Instance, observers);
        foreach (Node node in world.Nodes)
        {
            node.Start(beginsRun: false);
        }

        return world;
    }

    public static SliceHost Slice(World world, int slice) =>
        new(world.Nodes[world.Scenario.Heads].Process!, slice, incarnation: 1);

    public static CheckFailedException ShouldFail(this Action act, string check)
    {
        CheckFailedException failure = act.ShouldThrow<CheckFailedException>();
        failure.Check.ShouldBe(check);
        return failure;
    }
}
