namespace DistTrain.Simulation.Tests;

/// <summary>All deliberate bugs, in the order of the table.</summary>
internal static class Bugs
{
    public static readonly IReadOnlyList<Bug> All =
    [
        .. OfSums(), .. OfRestores(), .. OfFences(), .. OfWork(), .. OfCheckpoints(),
    ];

    private static IEnumerable<Bug> OfSums() =>
    [
        new("arrival-order", "nodes are summed in the order in which they arrived")
        {
            Slice = role => new ArrivalOrder(role),
        },
        new("chain", "nodes are summed from left to right, not by the tree")
        {
            State = (state, _) => new SumsAsChain(state),
        },
        new("overlap-twice", "a node that overlaps an accepted one is summed besides")
        {
            Slice = role => new OverlapTwice(role),
        },
        new("gap-at-new-assignment",
            "the first step of a new assignment is complete with a node missing")
        {
            Slice = role => new GapAtNewAssignment(role),
        },
        new("any-step", "a contribution to the step before counts for the one under way")
        {
            Slice = role => new AnyStep(role),
        },
        new("any-state", "a contribution of before a restore counts after it")
        {
            Slice = role => new AnyState(role),
        },
        new("any-norms", "partial norms of another step count for the one under way")
        {
            Slice = role => new AnyNorms(role),
        },
        new("publishes-too-early", "the next version is published before the update is done")
        {
            Slice = role => new PublishesTooEarly(role),
        },
    ];

    private static IEnumerable<Bug> OfRestores() =>
    [
        new("restores-one-slice", "only the lost slice is restored, the others keep what they hold")
        {
            Slice = role => new KeepsWhatItHolds(role),
        },
        new("publishes-unrestored", "a slice publishes before what it is restored to is loaded")
        {
            Slice = role => new PublishesUnrestored(role),
        },
        new("allows-too-early", "steps are allowed before all slices are restored")
        {
            Coordinator = (role, plan, _) => new AllowsTooEarly(role, plan),
        },
        new("past-allow-steps", "what was allowed before a restore is allowed after it")
        {
            Slice = role => new LimitSurvivesRestore(role),
        },
        new("judges-twice", "an epoch that the checkpoint says is judged is judged again")
        {
            Slice = role => new JudgesTwice(role),
        },
        new("applies-twice", "the first update after a checkpoint was loaded is applied twice")
        {
            State = (state, _) => new AppliesTwiceAfterLoad(state),
        },
    ];

    private static IEnumerable<Bug> OfFences() =>
    [
        new("obeys-old-orders", "a slice obeys orders of an older generation")
        {
            Slice = role => new ObeysOldOrders(role),
        },
        new("takes-over-too-low", "who takes over raises no generation above what the slices say")
        {
            Coordinator = (role, _, number) => new TakesOverTooLow(role, number),
        },
        new("believes-old-answers", "a coordinator believes answers to an older generation")
        {
            Coordinator = (role, _, _) => new BelievesOldAnswers(role),
        },
    ];

    private static IEnumerable<Bug> OfWork() =>
    [
        new("loses-range", "the nodes of a worker that left are nobody's")
        {
            Coordinator = (role, _, _) => new LosesRange(role),
        },
        new("mixes-versions", "a worker computes on slices of two versions")
        {
            Worker = role => new MixesVersions(role),
        },
        new("never-pushes-again", "a worker does not push again what it has computed")
        {
            Worker = role => new NeverPushesAgain(role),
        },
        new("any-evaluation", "metrics of an older evaluation count for the one under way")
        {
            Slice = role => new AnyEvaluation(role),
        },
        new("evaluates-what-it-holds", "a worker evaluates the version before the one asked for")
        {
            Worker = role => new EvaluatesWhatItHolds(role),
        },
    ];

    private static IEnumerable<Bug> OfCheckpoints() =>
    [
        new("mixed-checkpoint", "slices but the first copy what they held a step before")
        {
            State = (state, slice) => slice == 0 ? state : new CopiesTooEarly(state),
        },
        new("forgets-snapshot", "a slice goes on from a checkpoint's version without a copy")
        {
            Slice = role => new ForgetsSnapshot(role),
        },
        new("believes-failed-write", "a checkpoint that could not be written counts as written")
        {
            Coordinator = (role, _, _) => new BelievesFailedWrite(role),
        },
    ];
}
