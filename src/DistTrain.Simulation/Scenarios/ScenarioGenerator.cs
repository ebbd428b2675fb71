using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Draws a scenario from a seed: small enough to be quick, never trivial.</summary>
internal static class ScenarioGenerator
{
    private const int Purpose = 2;

    public static Scenario Of(long seed)
    {
        var dice = new Dice(seed, Purpose);
        RunPlan plan = PlanOf(dice);
        int workers = dice.Between(1, 4) + dice.Between(0, 4);
        var scenario = new Scenario
        {
            Seed = seed,
            Plan = plan,
            Patience = dice.Between(1, 6),
            Heads = dice.Pick([1, 2, 2, 2, 3]),
            ParameterServers = dice.Pick([0, 0, 1, 2, 3]),
            Workers = workers,
            MinWorkers = dice.Percent(25) ? dice.Between(1, workers) : 1,
            Costs = CostsOf(dice),
        };
        return scenario with { Faults = FaultGenerator.Of(scenario, dice) };
    }

    /// <summary>The same on gradients that may be stale. What is improved, and when to stop for
    /// want of it, nobody can then know beforehand: the run goes to its end, and ends on its last
    /// parameters.</summary>
    public static Scenario StaleOf(long seed, int staleness)
    {
        Scenario scenario = Of(seed);
        return scenario with
        {
            Plan = scenario.Plan with { Staleness = staleness, RestoresBest = false },
            Patience = scenario.Plan.Epochs + 1,
        };
    }

    private static RunPlan PlanOf(Dice dice)
    {
        long stepsPerEpoch = dice.Between(4, 18);
        int epochs = (int)Math.Max(1, dice.Between(24, 60) / stepsPerEpoch);
        int microbatches = dice.Between(2, 16);
        return new RunPlan(
            StepsPerEpoch: stepsPerEpoch,
            Epochs: epochs,
            MicrobatchesPerStep: microbatches,
            MicrobatchesInLastStep: dice.Between(1, microbatches),
            ValidationMicrobatches: dice.Percent(70) ? dice.Between(1, 9) : 0,
            TestMicrobatches: dice.Percent(70) ? dice.Between(1, 9) : 0,
            CheckpointEverySteps: dice.Percent(60) ? dice.Between(2, 10) : 0,
            Slices: dice.Pick([1, 2, 2, 2, 3, 4]),
            ClipsGlobalNorm: dice.Percent(50),
            RestoresBest: dice.Percent(50));
    }

    private static Costs CostsOf(Dice dice) => new()
    {
        LatencyMicros = dice.Between(50, 1_000),
        JitterMicros = dice.Between(0, 3_000),
        MicrobatchMicros = dice.Between(200, 3_000),
        UpdateMicros = dice.Between(100, 2_000),
        DiskMicros = dice.Between(1_000, 60_000),
    };
}
