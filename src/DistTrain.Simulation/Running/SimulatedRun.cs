using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>Runs one scenario under all checks.</summary>
internal static class SimulatedRun
{
    public static SeedResult Run(
        Scenario scenario, IRoleFactory roles, IComputation computation,
        params IReadOnlyList<Observer> more)
    {
        var losses = new LossCount();
        var observers = new List<Observer>(more) { losses };
        var world = new World(scenario, computation, roles, observers);
        observers.AddRange(ChecksOf(world));
        world.Watch = new Watch(world, observers);
        CheckFailedException? failure = null;
        try
        {
            world.RunToEnd();
        }
        catch (CheckFailedException e)
        {
            failure = e;
        }

        Oracle oracle = computation.Oracle;
        return new SeedResult
        {
            Seed = scenario.Seed,
            Failure = failure,
            Nodes = scenario.Nodes,
            Slices = scenario.Plan.Slices,
            Steps = oracle.Steps,
            VirtualMicros = world.Now,
            Events = world.EventCount,
            WorstRecoveryTicks = world.WorstRecoveryTicks,
            MostInFlight = world.Network.MostInFlight,
            Injected = CountsOf(world, run => run.HasBegun),
            Effective = CountsOf(world, run => run.IsEffective),
            LostSlice = losses.LostSlice,
            LostCoordinator = losses.LostCoordinator,
            RolledBack = losses.RolledBack,
            FinalVersion = oracle.FinalVersion,
            FinalHash = computation.FinalHash,
        };
    }

    private static IEnumerable<Observer> ChecksOf(World world) =>
    [
        world.Scenario.Plan.Staleness == 0
            ? new OracleCheck(world.Computation)
            : new StalenessCheck(world.Scenario.Plan),
        new TreeCheck(world.Scenario.Plan),
        new VersionCheck(world.Scenario.Plan),
        new FenceCheck(),
        new LimitCheck(world.Scenario.Plan),
        new CheckpointCheck(world.Scenario.Plan.Slices, world.Computation.Oracle.Steps),
        new BoundsCheck(world),
    ];

    private static ImmutableSortedDictionary<string, int> CountsOf(
        World world, Predicate<FaultRun> which) => world.Faults.All
        .Where(run => which(run))
        .GroupBy(run => FaultNames.Of(run.Fault.Kind))
        .ToImmutableSortedDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
}
