using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// How many messages can wait at most, from the plan. Between two barriers (epoch ends) slices run
/// ahead of a role that the operating system does not let run only if no step needs that role: the
/// coordinator always, a worker when it has no share. So their bounds count steps; memory is taken
/// only when it comes to that.
/// </summary>
internal static class MailboxCapacity
{
    // Membership, snapshots, evaluations, holds: a handful at a time for each role. What is not
    // answered is asked again every 1.6 s at most: room for an hour of it.
    private const int Control = 2500;

    // A slice says how it is, asked or not: room for an hour of that too.
    private const int Statuses =
        3_600_000 / (ProtocolTicks.Status * ProtocolTicks.Milliseconds);

    /// <summary>One <see cref="StepCompleted"/> a step, the slices' statuses, and a few messages a
    /// role.</summary>
    public static int OfCoordinator(RunPlan plan, int workers) =>
        Limit(plan.StepsPerEpoch + (16L * (workers + plan.Slices))
            + ((long)Statuses * plan.Slices) + Control);

    /// <summary>One publication of each slice a step.</summary>
    public static int OfWorker(RunPlan plan) =>
        Limit(((plan.StepsPerEpoch + Control) * plan.Slices) + Control);

    /// <summary>Two nodes of each worker for the step under way and, while this slice is behind,
    /// for the next; as many again recomputed; all of it for each step computed ahead; norms of the
    /// other slices.</summary>
    public static int OfSlice(RunPlan plan, int workers) =>
        Limit((16L * workers * (plan.Staleness + 1)) + (8L * plan.Slices) + Control);

    private static int Limit(long messages) => (int)Math.Min(messages, int.MaxValue);
}
