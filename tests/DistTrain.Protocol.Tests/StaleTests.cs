namespace DistTrain.Protocol.Tests;

/// <summary>Working ahead on older parameters, message by message.</summary>
public sealed class StaleTests
{
    private static readonly RunId Run = new(Guid.Empty);
    private static readonly Generation G1 = new(1);
    private static readonly WorkerId W0 = new(0);

    private static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 2, MicrobatchesPerStep: 4, MicrobatchesInLastStep: 2,
        ValidationMicrobatches: 0, TestMicrobatches: 0, CheckpointEverySteps: 0, Slices: 1,
        ClipsGlobalNorm: false, RestoresBest: false, Staleness: 2);

    private static Transcript NewWorker()
    {
        var worker = new Worker(Run, Plan, W0);
        return new Transcript((m, effects) => worker.Handle((WorkerMessage)m, effects));
    }

    private static ParametersPublished Part(long version, int workers = 2, int generation = 1) =>
        new(Run, new(generation), new(0), version, new(version), new Assignment(
            workers, [.. Enumerable.Range(0, workers).Select(w => new WorkerId(w))]));

    private static GradientComputed Gradient(
        long step, int start, int end, long on, int generation = 1) =>
        new(step, new(start, end), [new(1)], new Basis(new(generation), on));

    /// <summary>Slice 0 of several, at version 0, all steps of the epoch allowed.</summary>
    private static Transcript NewSlice(int slices, int generation = 1)
    {
        Generation g = new(generation);
        var slice = new ParameterServer(Run, Plan with { Slices = slices }, new SliceId(0));
        return new Transcript((m, effects) => slice.Handle((ParameterServerMessage)m, effects))
            .Say(
                new RestoreSlice(g, 0, RestoreSource.Initial, 0), new StateLoaded(g, 0, default),
                new SetAssignment(g, new Assignment(1, [W0])), new AllowSteps(g, 4))
            .Skip();
    }

    private static Contribution Push(
        long step, int start, int end, long on, int generation = 1) =>
        new(Run, step, new(start, end), W0, new(step), new Basis(new(generation), on));

    private static NormPartials Norms(long step) => new(Run, G1, step, new SliceId(1), default);

    [Fact]
    public void A_worker_goes_on_up_to_the_bound_on_the_newest_version_it_holds()
    {
        NewWorker().Say(
            Part(0), Gradient(0, 0, 2, on: 0), Gradient(1, 0, 2, on: 0), Gradient(2, 0, 2, on: 0),
            Part(1)).ShouldRead("""
            > ParametersPublished g1 s0 0 a2(w0 w1)
                ComputeGradient 0 [0, 2) ()
            > GradientComputed 0 [0, 2) ()
                to slice 0: Contribution 0 [0, 2) w0
                ComputeGradient 1 [0, 2) () on 0
            > GradientComputed 1 [0, 2) () on 0
                to slice 0: Contribution 1 [0, 2) w0 on 0
                ComputeGradient 2 [0, 2) () on 0
            > GradientComputed 2 [0, 2) () on 0
                to slice 0: Contribution 2 [0, 2) w0 on 0
            > ParametersPublished g1 s0 1 a2(w0 w1)
                ComputeGradient 3 [0, 1) () on 1
            """);
    }

    [Fact]
    public void No_step_of_an_epoch_is_computed_before_the_one_before_has_ended()
    {
        NewWorker().Say(
            Part(3), Gradient(3, 0, 1, on: 3), Part(4)).ShouldRead("""
            > ParametersPublished g1 s0 3 a2(w0 w1)
                ComputeGradient 3 [0, 1) ()
            > GradientComputed 3 [0, 1) ()
                to slice 0: Contribution 3 [0, 1) w0
            > ParametersPublished g1 s0 4 a2(w0 w1)
                ComputeGradient 4 [0, 2) ()
            """);
    }

    [Fact]
    public void What_a_later_assignment_adds_to_a_share_begun_ahead_is_begun_with_its_version()
    {
        NewWorker().Say(
            Part(0), Gradient(0, 0, 2, on: 0), Gradient(1, 0, 2, on: 0), Part(1, workers: 1),
            Gradient(2, 0, 2, on: 0)).ShouldRead("""
            > ParametersPublished g1 s0 0 a2(w0 w1)
                ComputeGradient 0 [0, 2) ()
            > GradientComputed 0 [0, 2) ()
                to slice 0: Contribution 0 [0, 2) w0
                ComputeGradient 1 [0, 2) () on 0
            > GradientComputed 1 [0, 2) () on 0
                to slice 0: Contribution 1 [0, 2) w0 on 0
                ComputeGradient 2 [0, 2) () on 0
            > ParametersPublished g1 s0 1 a1(w0)
                ComputeGradient 1 [0, 4) ()
            > GradientComputed 2 [0, 2) () on 0
                to slice 0: Contribution 2 [0, 2) w0 on 0
                ComputeGradient 3 [0, 2) () on 1
            """);
    }

    [Fact]
    public void Recompute_within_the_bound_waits_for_no_version()
    {
        NewWorker().Say(
            Part(0), new Recompute(G1, 1, [new(2, 4)]), new Recompute(G1, 3, [new(1, 2)]))
            .ShouldRead("""
            > ParametersPublished g1 s0 0 a2(w0 w1)
                ComputeGradient 0 [0, 2) ()
            > Recompute g1 1 ([2, 4))
                ComputeGradient 1 [2, 4) () on 0
                to slice 0: RequestParameters w0 1
            > Recompute g1 3 ([1, 2))
                to slice 0: RequestParameters w0 3
            """);
    }

    [Fact]
    public void What_was_computed_on_a_state_that_is_gone_is_not_pushed()
    {
        NewWorker().Say(
            Part(0), Part(0, generation: 2), Gradient(0, 0, 2, on: 0),
            Gradient(0, 0, 2, on: 0, generation: 2)).ShouldRead("""
            > ParametersPublished g1 s0 0 a2(w0 w1)
                ComputeGradient 0 [0, 2) ()
            > ParametersPublished g2 s0 0 a2(w0 w1)
                ComputeGradient 0 [0, 2) ()
            > GradientComputed 0 [0, 2) ()
                refused GradientComputed: not being computed
            > GradientComputed 0 [0, 2) ()
                to slice 0: Contribution 0 [0, 2) w0
                ComputeGradient 1 [0, 2) () on 0
            """);
    }

    [Fact]
    public void Contributions_ahead_are_kept_and_applied_in_the_order_of_steps()
    {
        NewSlice(slices: 1).Say(
            Push(1, 0, 4, on: 0), Push(0, 0, 4, on: 0), new UpdateApplied(G1, 0, default),
            new UpdateApplied(G1, 1, default)).ShouldRead("""
            > Contribution 1 [0, 4) w0 on 0
            > Contribution 0 [0, 4) w0
                ApplyUpdate g1 0 ([0, 4)) ()
            > UpdateApplied g1 0
                to all workers: ParametersPublished g1 s0 1 a1(w0)
                to coordinator: StepCompleted g1 1 a1(w0)
                ApplyUpdate g1 1 ([0, 4)) ()
            > UpdateApplied g1 1
                to all workers: ParametersPublished g1 s0 2 a1(w0)
                to coordinator: StepCompleted g1 2 a1(w0)
            """);
    }

    [Fact]
    public void Contributions_beyond_the_bound_or_of_another_state_are_refused()
    {
        NewSlice(slices: 1, generation: 2).Say(
            Push(0, 0, 2, on: 0, generation: 1), Push(0, 0, 2, on: 0, generation: 3),
            Push(3, 0, 2, on: 1, generation: 2), Push(0, 0, 2, on: 1, generation: 2),
            Push(0, 0, 4, on: 0, generation: 2), new UpdateApplied(new(2), 0, default),
            Push(3, 0, 2, on: 0, generation: 2), Push(3, 0, 2, on: 1, generation: 2))
            .ShouldRead("""
            > Contribution 0 [0, 2) w0
                refused Contribution: not computed on this state
            > Contribution 0 [0, 2) w0
                refused Contribution: not computed on this state
            > Contribution 3 [0, 2) w0 on 1
                refused Contribution: no such step yet
            > Contribution 0 [0, 2) w0 on 1
                refused Contribution: not computed on this state
            > Contribution 0 [0, 4) w0
                ApplyUpdate g2 0 ([0, 4)) ()
            > UpdateApplied g2 0
                to all workers: ParametersPublished g2 s0 1 a1(w0)
                to coordinator: StepCompleted g2 1 a1(w0)
            > Contribution 3 [0, 2) w0 on 0
                refused Contribution: not computed on this state
            > Contribution 3 [0, 2) w0 on 1
            """);
    }

    [Fact]
    public void Slices_apply_a_step_together_though_the_next_is_complete()
    {
        NewSlice(slices: 2).Say(
            Push(0, 0, 4, on: 0), Push(1, 0, 4, on: 0), Norms(1), Norms(0),
            new UpdateApplied(G1, 0, default),
            new RequestNorms(Run, G1, 0, new SliceId(1)),
            new RequestNorms(Run, G1, 1, new SliceId(1))).ShouldRead("""
            > Contribution 0 [0, 4) w0
                to slice 1: NormPartials g1 0 s0
            > Contribution 1 [0, 4) w0 on 0
            > NormPartials g1 1 s1
            > NormPartials g1 0 s1
                ApplyUpdate g1 0 ([0, 4)) ()
            > UpdateApplied g1 0
                to all workers: ParametersPublished g1 s0 1 a1(w0)
                to coordinator: StepCompleted g1 1 a1(w0)
                to slice 1: NormPartials g1 1 s0
                ApplyUpdate g1 1 ([0, 4)) ()
            > RequestNorms g1 0 s1
                to slice 1: NormPartials g1 0 s0
            > RequestNorms g1 1 s1
                to slice 1: NormPartials g1 1 s0
            """);
    }

    [Theory]
    [InlineData(1, "\n    ComputeGradient 2 [0, 2) ()")]
    [InlineData(0, "")]
    public void A_node_whose_parameters_are_gone_is_begun_with_its_version(long on, string begun)
    {
        NewWorker().Say(Part(0), Gradient(0, 0, 2, on: 0), Part(1), Gradient(1, 0, 2, on: 0))
            .Say(new GradientDropped(2, new TreeNode(0, 2), new Basis(G1, on)))
            .Skip()
            .Say(Part(2))
            .ShouldRead("> ParametersPublished g1 s0 2 a2(w0 w1)" + begun);
    }
}
