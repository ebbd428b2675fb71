using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// What is under way and what one message may bring about is bounded by the run's shape: no
/// storm of retries, no answer that asks for an answer.
/// </summary>
internal sealed class BoundsCheck(World world) : Observer
{
    private const string Name = "bounds";

    private readonly int _effects = EffectsAllowed(world.Scenario);
    private readonly int _inFlight = InFlightAllowed(world.Scenario);

    /// <summary>From one message: to each worker its share, to each slice each node of it, and
    /// some.</summary>
    public static int EffectsAllowed(Scenario scenario) =>
        16 + (4 * scenario.Workers) + (4 * scenario.Plan.Slices)
        + (2 * scenario.Plan.Slices * scenario.Plan.MicrobatchesPerStep);

    private static int OpenSteps(Scenario scenario) =>
        (int)Math.Min(scenario.Plan.Staleness + 1, scenario.Plan.StepsPerEpoch);

    /// <summary>Between nodes: what each worker and each slice may have sent and not been answered
    /// in the longest delay, of each step that may be computed ahead.</summary>
    public static int InFlightAllowed(Scenario scenario) =>
        200 + (40 * scenario.Nodes * scenario.Plan.Slices * OpenSteps(scenario));

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        if (effects.Count > _effects)
        {
            throw new CheckFailedException(
                Name, $"{role.Address} answers {message?.GetType().Name ?? "a tick"} by "
                + $"{effects.Count} effects; {_effects} are allowed");
        }

        if (world.Network.InFlight > _inFlight)
        {
            throw new CheckFailedException(
                Name, $"{world.Network.InFlight} messages are under way; {_inFlight} are allowed");
        }
    }
}
