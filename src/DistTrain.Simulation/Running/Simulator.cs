namespace DistTrain.Simulation;

/// <summary>Runs seeds, for the command line and for tests.</summary>
public static class Simulator
{
    /// <summary>Runs one seed. What happens depends on the seed and the program alone.</summary>
    public static SeedResult Run(long seed, bool isReal) =>
        Run(ScenarioGenerator.Of(seed), ProductRoles.Instance, isReal);

    /// <summary>Runs one seed and writes it down.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="isReal">Compute with the product's kernels instead of symbols.</param>
    /// <param name="isVerbose">Every message, not only those that tell the story.</param>
    public static (SeedResult Result, string Transcript) RunWithTranscript(
        long seed, bool isReal, bool isVerbose) =>
        RunWithTranscript(ScenarioGenerator.Of(seed), isReal, isVerbose);

    /// <summary>Runs a scenario from its text.</summary>
    /// <inheritdoc cref="RunWithTranscript(long, bool, bool)"/>
    /// <exception cref="FormatException">The text is not understood.</exception>
    public static (SeedResult Result, string Transcript) Replay(
        string scenario, bool isReal, bool isVerbose) =>
        RunWithTranscript(ScenarioText.Parse(scenario), isReal, isVerbose);

    /// <summary>Cuts a failing seed down to what it takes to fail.</summary>
    /// <returns>The scenario's text, and the transcript of its failure.</returns>
    public static (string Scenario, string Transcript) Shrink(long seed, bool isReal)
    {
        Scenario small = Shrinker.Shrink(
            ScenarioGenerator.Of(seed), s => Run(s, ProductRoles.Instance, isReal).Failure);
        var transcript = new Transcript(small, isVerbose: false);
        SeedResult result = Run(small, ProductRoles.Instance, isReal, transcript);
        return (ScenarioText.Of(small), $"{transcript}{result.Failure?.Message}");
    }

    internal static SeedResult Run(
        Scenario scenario, IRoleFactory roles, bool isReal, params Observer[] more)
    {
        IComputation computation = isReal
            ? new RealComputation(scenario.Plan, scenario.Patience, scenario.Seed)
            : new SymbolicComputation(scenario.Plan, scenario.Patience);
        return SimulatedRun.Run(scenario, roles, computation, more);
    }

    private static (SeedResult Result, string Transcript) RunWithTranscript(
        Scenario scenario, bool isReal, bool isVerbose)
    {
        var transcript = new Transcript(scenario, isVerbose);
        SeedResult result = Run(scenario, ProductRoles.Instance, isReal, transcript);
        return (result, $"{ScenarioText.Of(scenario)}\n{transcript}");
    }
}
