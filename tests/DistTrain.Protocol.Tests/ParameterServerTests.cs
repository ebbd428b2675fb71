namespace DistTrain.Protocol.Tests;

/// <summary>One slice's behaviour, message by message.</summary>
public sealed class ParameterServerTests
{
    private static readonly RunId Run = new(Guid.Empty);
    private static readonly Generation G1 = new(1);
    private static readonly WorkerId W0 = new(0);

    private static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 2, MicrobatchesPerStep: 4, MicrobatchesInLastStep: 2,
        ValidationMicrobatches: 2, TestMicrobatches: 0, CheckpointEverySteps: 2, Slices: 2,
        ClipsGlobalNorm: false, RestoresBest: true);

    private static Transcript Slice(int slice, RunPlan? plan = null)
    {
        var server = new ParameterServer(Run, plan ?? Plan, new SliceId(slice));
        return new Transcript((m, effects) =>
        {
            if (m is int ticks)
            {
                for (int i = 0; i < ticks; i++)
                {
                    server.Tick(effects);
                }
            }
            else
            {
                server.Handle((ParameterServerMessage)m, effects);
            }
        });
    }

    /// <summary>At version 0, published, with the steps allowed until that version.</summary>
    private static Transcript Ready(int slice, long allowed, RunPlan? plan = null)
    {
        Transcript t = Slice(slice, plan).Say(
            new RestoreSlice(G1, 0, RestoreSource.Initial, 0), new StateLoaded(G1, 0, default));
        if (slice == 0)
        {
            t.Say(new SetAssignment(G1, new Assignment(1, [W0])));
        }

        return (allowed > 0 ? t.Say(new AllowSteps(G1, allowed)) : t).Skip();
    }

    private static Contribution Push(long step, int start, int end, int generation = 1) =>
        new(Run, step, new TreeNode(start, end), W0, new TensorHandle(start * 100 + end),
            new Basis(new(generation), step));

    [Fact]
    public void Slice_zero_publishes_only_once_it_knows_who_computes()
    {
        Slice(0).Say(
            new RestoreSlice(G1, 0, RestoreSource.Checkpoint, 3),
            new StateLoaded(G1, 3, default),
            new SetAssignment(G1, new Assignment(2, [W0, new WorkerId(5)])),
            new SetAssignment(G1, new Assignment(1, [W0]))).ShouldRead("""
            > RestoreSlice g1 0 Checkpoint 3
                LoadState g1 Checkpoint 3
            > StateLoaded g1 3 Open
            > SetAssignment g1 a2(w0 w5)
                to all workers: ParametersPublished g1 s0 3 a2(w0 w5)
                to coordinator: StepCompleted g1 3 a2(w0 w5)
                to coordinator: SliceStatus s0 g1 Ready 3 limit 3
            > SetAssignment g1 a1(w0)
                refused SetAssignment: not a newer assignment for slice 0
            """);
    }

    [Fact]
    public void An_assignment_that_overtakes_its_restore_is_kept()
    {
        Ready(0, allowed: 0).Say(
            new SetAssignment(new(2), new Assignment(2, [])),
            new RestoreSlice(new(2), 0, RestoreSource.Initial, 0),
            new StateLoaded(new(2), 0, default)).ShouldRead("""
            > SetAssignment g2 a2()
            > RestoreSlice g2 0 Initial 0
                LoadState g2 Initial 0
            > StateLoaded g2 0 Open
                to all workers: ParametersPublished g2 s0 0 a2()
                to coordinator: StepCompleted g2 0 a2()
                to coordinator: SliceStatus s0 g2 Ready 0 limit 0
            """);
    }

    [Fact]
    public void A_step_is_applied_when_its_tree_is_complete_and_allowed()
    {
        Ready(1, allowed: 1).Say(
            Push(0, 2, 4), Push(0, 0, 1), Push(0, 0, 2),
            new UpdateApplied(G1, 0, default),
            Push(0, 0, 4), Push(2, 0, 4), Push(1, 1, 3), Push(1, 0, 4),
            new AllowSteps(G1, 2)).ShouldRead("""
            > Contribution 0 [2, 4) w0
            > Contribution 0 [0, 1) w0
            > Contribution 0 [0, 2) w0
                ApplyUpdate g1 0 ([0, 2) [2, 4)) ()
            > UpdateApplied g1 0
                to all workers: ParametersPublished g1 s1 1
            > Contribution 0 [0, 4) w0
                refused Contribution: step is past
            > Contribution 2 [0, 4) w0
                refused Contribution: no such step yet
            > Contribution 1 [1, 3) w0
                refused Contribution: no node of this step's tree
            > Contribution 1 [0, 4) w0
            > AllowSteps g1 2
                ApplyUpdate g1 1 ([0, 4)) ()
            """);
    }

    [Fact]
    public void Contributions_of_another_run_are_refused()
    {
        Ready(1, allowed: 1).Say(
            Push(0, 0, 4) with { Run = new RunId(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) })
            .ShouldRead("""
            > Contribution 0 [0, 4) w0
                refused Contribution: another run
            """);
    }

    [Fact]
    public void Contributions_of_before_a_restore_are_refused_and_of_before_an_adoption_are_not()
    {
        Ready(1, allowed: 2).Say(
            new RestoreSlice(new(2), 0, RestoreSource.Initial, 0),
            new StateLoaded(new(2), 0, default), new AdoptGeneration(Run, new(3)),
            new AllowSteps(new(3), 2)).Skip().Say(
            Push(0, 0, 2, generation: 1), Push(0, 0, 2, generation: 4),
            Push(0, 0, 2, generation: 2), Push(0, 2, 4, generation: 3)).ShouldRead("""
            > Contribution 0 [0, 2) w0
                refused Contribution: not computed on this state
            > Contribution 0 [0, 2) w0
                refused Contribution: not computed on this state
            > Contribution 0 [0, 2) w0
            > Contribution 0 [2, 4) w0
                ApplyUpdate g2 0 ([0, 2) [2, 4)) ()
            """);
    }

    [Fact]
    public void Partial_norms_may_come_before_this_slices_own_root_is_complete()
    {
        Ready(1, allowed: 4, Plan with { ClipsGlobalNorm = true }).Say(
            new NormPartials(Run, G1, 0, new SliceId(0), default),
            new NormPartials(Run, G1, 0, new SliceId(0), default),
            Push(0, 0, 4),
            new GradientCombined(G1, 0, default)).ShouldRead("""
            > NormPartials g1 0 s0
            > NormPartials g1 0 s0
                refused NormPartials: that slice's partials are there
            > Contribution 0 [0, 4) w0
                CombineGradient g1 0 ([0, 4))
            > GradientCombined g1 0
                to slice 0: NormPartials g1 0 s1
                ApplyUpdate g1 0 ([0, 4)) ()
            """);
    }

    [Fact]
    public void A_held_slice_goes_on_only_to_where_all_meet()
    {
        Ready(1, allowed: 4, Plan with { ClipsGlobalNorm = true }).Say(
            Push(0, 0, 4),
            new HoldSteps(G1),
            new GradientCombined(G1, 0, default),
            new NormPartials(Run, G1, 0, new SliceId(0), default),
            new AllowSteps(G1, 8),
            new MeetAt(G1, 1)).ShouldRead("""
            > Contribution 0 [0, 4) w0
                CombineGradient g1 0 ([0, 4))
            > HoldSteps g1
                to coordinator: SliceStatus s1 g1 Ready 0 limit 0 held
            > GradientCombined g1 0
                to slice 0: NormPartials g1 0 s1
            > NormPartials g1 0 s0
            > AllowSteps g1 8
                refused AllowSteps: steps are held
            > MeetAt g1 1
                ApplyUpdate g1 0 ([0, 4)) ()
            """);
    }

    [Fact]
    public void A_slice_held_during_an_update_counts_it_as_done()
    {
        Ready(1, allowed: 4).Say(
            Push(0, 0, 4), new HoldSteps(G1), new UpdateApplied(G1, 0, default), Push(1, 0, 4))
            .ShouldRead("""
            > Contribution 0 [0, 4) w0
                ApplyUpdate g1 0 ([0, 4)) ()
            > HoldSteps g1
                to coordinator: SliceStatus s1 g1 Ready 0 limit 1 held
            > UpdateApplied g1 0
                to all workers: ParametersPublished g1 s1 1
            > Contribution 1 [0, 4) w0
            """);
    }

    [Fact]
    public void No_checkpoints_version_is_passed_without_a_snapshot()
    {
        Ready(1, allowed: 4).Say(
            Push(0, 0, 4), new UpdateApplied(G1, 0, default),
            Push(1, 0, 4), new UpdateApplied(G1, 1, default)).Skip().Say(
            Push(2, 0, 4),
            new TakeSnapshot(G1, 2),
            new TakeSnapshot(G1, 2)).ShouldRead("""
            > Contribution 2 [0, 4) w0
            > TakeSnapshot g1 2
                SaveSnapshot g1 2
                ApplyUpdate g1 2 ([0, 4)) ()
            > TakeSnapshot g1 2
                StreamSnapshot g1 2
            """);
    }

    [Fact]
    public void Snapshots_and_the_best_are_ordered_ahead()
    {
        Ready(1, allowed: 4).Say(
            new TakeSnapshot(G1, 1), new KeepBest(G1, 1), Push(0, 0, 4),
            new UpdateApplied(G1, 0, default)).ShouldRead("""
            > TakeSnapshot g1 1
            > KeepBest g1 1
            > Contribution 0 [0, 4) w0
                ApplyUpdate g1 0 ([0, 4)) ()
            > UpdateApplied g1 0
                to all workers: ParametersPublished g1 s1 1
                CopyToBest g1 1
                SaveSnapshot g1 1
                to coordinator: SliceStatus s1 g1 Ready 1 limit 4 best 1 snapshot 1
            """);
    }

    [Fact]
    public void A_failed_update_stops_the_slice_and_spoils_no_snapshot()
    {
        Ready(1, allowed: 4).Say(
            Push(0, 0, 4), new UpdateFailed(G1, 0, "layers.0.weight is NaN", default),
            new TakeSnapshot(G1, 0), Push(0, 0, 4), new UpdateApplied(G1, 0, default))
            .ShouldRead("""
            > Contribution 0 [0, 4) w0
                ApplyUpdate g1 0 ([0, 4)) ()
            > UpdateFailed g1 0 layers.0.weight is NaN NotFinite
                to coordinator: UpdateRefused s1 g1 0 layers.0.weight is NaN NotFinite
            > TakeSnapshot g1 0
                refused TakeSnapshot: that version is gone
            > Contribution 0 [0, 4) w0
                refused Contribution: already covered
            > UpdateApplied g1 0
                refused UpdateApplied: not what is being done
            """);
    }

    [Fact]
    public void Who_joins_gets_the_last_two_versions_until_the_older_is_overwritten()
    {
        Ready(0, allowed: 4).Say(
            Push(0, 0, 4), new UpdateApplied(G1, 0, default)).Skip().Say(
            new WorkerWelcomed(new WorkerId(9)), Push(1, 0, 4),
            new WorkerWelcomed(new WorkerId(9))).ShouldRead("""
            > WorkerWelcomed w9
                to worker 9: ParametersPublished g1 s0 0 a1(w0)
                to worker 9: ParametersPublished g1 s0 1 a1(w0)
            > Contribution 1 [0, 4) w0
                ApplyUpdate g1 1 ([0, 4)) ()
            > WorkerWelcomed w9
                to worker 9: ParametersPublished g1 s0 1 a1(w0)
            """);
    }

    [Fact]
    public void Control_messages_of_another_generation_are_refused_by_name()
    {
        Ready(0, allowed: 0).Say(
            new RestoreSlice(new(3), 0, RestoreSource.Checkpoint, 2),
            new StateLoaded(G1, 0, default),
            new AllowSteps(G1, 4), new HoldSteps(G1), new MeetAt(G1, 1), new TakeSnapshot(G1, 2),
            new KeepBest(G1, 2), new JudgeEpoch(G1, new(1), 4), new AbandonEvaluation(G1, new(1)),
            new SetAssignment(G1, new Assignment(9, [W0])),
            new RestoreSlice(new(2), 0, RestoreSource.Initial, 0),
            new AllowSteps(new(4), 4)).ShouldRead("""
            > RestoreSlice g3 0 Checkpoint 2
                LoadState g3 Checkpoint 2
            > StateLoaded g1 0 Open
                refused StateLoaded: not what is being done
            > AllowSteps g1 4
                refused AllowSteps: older generation
            > HoldSteps g1
                refused HoldSteps: older generation
            > MeetAt g1 1
                refused MeetAt: older generation
            > TakeSnapshot g1 2
                refused TakeSnapshot: older generation
            > KeepBest g1 2
                refused KeepBest: older generation
            > JudgeEpoch g1 e1 4
                refused JudgeEpoch: older generation
            > AbandonEvaluation g1 e1
                refused AbandonEvaluation: older generation
            > SetAssignment g1 a9(w0)
                refused SetAssignment: not a newer assignment for slice 0
            > RestoreSlice g2 0 Initial 0
                refused RestoreSlice: not a newer generation
            > AllowSteps g4 4
                refused AllowSteps: generation not restored
            """);
    }

    [Fact]
    public void An_update_of_an_older_generation_is_not_taken_for_the_one_under_way()
    {
        Generation g2 = new(2);
        Ready(1, allowed: 1).Say(Push(0, 0, 4, generation: 2)).Skip().Say(
            new RestoreSlice(g2, 0, RestoreSource.Initial, 0), new StateLoaded(g2, 0, default),
            new AllowSteps(g2, 4), Push(0, 0, 4, generation: 2),
            new UpdateApplied(G1, 0, default), new UpdateFailed(G1, 0, "old", default),
            new UpdateApplied(g2, 1, default), new UpdateApplied(g2, 0, default)).ShouldRead("""
            > RestoreSlice g2 0 Initial 0
                LoadState g2 Initial 0
            > StateLoaded g2 0 Open
                to all workers: ParametersPublished g2 s1 0
                to coordinator: SliceStatus s1 g2 Ready 0 limit 0
            > AllowSteps g2 4
            > Contribution 0 [0, 4) w0
                ApplyUpdate g2 0 ([0, 4)) ()
            > UpdateApplied g1 0
                refused UpdateApplied: not what is being done
            > UpdateFailed g1 0 old NotFinite
                refused UpdateFailed: not what is being done
            > UpdateApplied g2 1
                refused UpdateApplied: not what is being done
            > UpdateApplied g2 0
                to all workers: ParametersPublished g2 s1 1
            """);
    }

    [Fact]
    public void An_evaluation_is_abandoned_unless_it_is_being_summed_up()
    {
        EvaluationContribution Part(int id, int start, int end) => new(
            Run, G1, new(id), EvaluationSet.Validation, 0, new(start, end), W0, default);

        Ready(0, allowed: 0).Say(
            Part(1, 0, 1), new AbandonEvaluation(G1, new(1)), Part(1, 1, 2),
            Part(2, 0, 2), new AbandonEvaluation(G1, new(2)),
            new EvaluationReduced(G1, new(2), true, false), Part(2, 0, 2)).ShouldRead("""
            > EvaluationContribution g1 e1 Validation 0 [0, 1) w0
            > AbandonEvaluation g1 e1
                to coordinator: EvaluationAbandoned e1 g1
            > EvaluationContribution g1 e1 Validation 0 [1, 2) w0
                refused EvaluationContribution: that evaluation is over
                to coordinator: EvaluationAbandoned e1 g1
            > EvaluationContribution g1 e2 Validation 0 [0, 2) w0
                ReduceEvaluation g1 e2 Validation 0 ([0, 2))
            > AbandonEvaluation g1 e2
                refused AbandonEvaluation: being summed up
            > EvaluationReduced g1 e2 Improved=True Stop=False
                to coordinator: EvaluationCompleted e2 g1 0 Improved=True Stop=False
            > EvaluationContribution g1 e2 Validation 0 [0, 2) w0
                refused EvaluationContribution: that evaluation is over
                to coordinator: EvaluationCompleted e2 g1 0 Improved=True Stop=False
            """);
    }

    [Fact]
    public void A_step_without_its_contributions_is_reported_with_the_nodes_that_are_missing()
    {
        Ready(1, allowed: 1).Say(1, Push(0, 2, 3), 48, 50, 1).ShouldRead("""
            > 1 ticks
                to coordinator: SliceStatus s1 g1 Ready 0 limit 1
            > Contribution 0 [2, 3) w0
            > 48 ticks
            > 50 ticks
                to coordinator: SliceStatus s1 g1 Ready 0 limit 1
            > 1 ticks
                to coordinator: StepStalled s1 g1 0 ([0, 2) [3, 4))
            """);
    }

    [Fact]
    public void A_slice_that_starts_anew_does_not_listen_to_a_restore_of_the_one_before()
    {
        Slice(1).Say(new RestoreSlice(G1, 4, RestoreSource.Initial, 0)).ShouldRead("""
            > RestoreSlice g1 4 Initial 0
                refused RestoreSlice: for another incarnation
                to coordinator: SliceStatus s1 g0 Empty 0 limit 0
            """);
    }

    [Fact]
    public void A_request_heard_before_is_answered_again_and_done_once()
    {
        Ready(1, allowed: 4).Say(
            new RestoreSlice(G1, 0, RestoreSource.Initial, 0),
            new KeepBest(G1, 0), new KeepBest(G1, 0),
            new HoldSteps(G1), new HoldSteps(G1)).ShouldRead("""
            > RestoreSlice g1 0 Initial 0
                refused RestoreSlice: not a newer generation
                to coordinator: SliceStatus s1 g1 Ready 0 limit 4
            > KeepBest g1 0
                CopyToBest g1 0
                to coordinator: SliceStatus s1 g1 Ready 0 limit 4 best 0
            > KeepBest g1 0
                to coordinator: SliceStatus s1 g1 Ready 0 limit 4 best 0
            > HoldSteps g1
                to coordinator: SliceStatus s1 g1 Ready 0 limit 0 held best 0
            > HoldSteps g1
                to coordinator: SliceStatus s1 g1 Ready 0 limit 0 held best 0
            """);
    }

    [Fact]
    public void A_snapshot_is_kept_and_streamed_again_until_it_is_done_with()
    {
        Ready(1, allowed: 4).Say(
            new TakeSnapshot(G1, 0), Push(0, 0, 4), new UpdateApplied(G1, 0, default)).Skip().Say(
            new TakeSnapshot(G1, 0), new SnapshotDone(G1, 0), new TakeSnapshot(G1, 0))
            .ShouldRead("""
            > TakeSnapshot g1 0
                StreamSnapshot g1 0
            > SnapshotDone g1 0
                ForgetSnapshot 0
            > TakeSnapshot g1 0
                refused TakeSnapshot: that version is gone
            """);
    }

    [Fact]
    public void Adopting_a_generation_keeps_version_and_update_under_way_and_lets_held_steps_go()
    {
        Ready(1, allowed: 4).Say(Push(0, 0, 4), new HoldSteps(G1)).Skip().Say(
            new AdoptGeneration(Run, new(3, 2)), new AllowSteps(G1, 4),
            new UpdateApplied(G1, 0, default), Push(1, 0, 4), new AllowSteps(new(3, 2), 4))
            .ShouldRead("""
            > AdoptGeneration g3
                to all workers: ParametersPublished g3 s1 0
                to coordinator: SliceStatus s1 g3 Ready 0 limit 1
            > AllowSteps g1 4
                refused AllowSteps: older generation
            > UpdateApplied g1 0
                to all workers: ParametersPublished g3 s1 1
            > Contribution 1 [0, 4) w0
            > AllowSteps g3 4
                ApplyUpdate g1 1 ([0, 4)) ()
            """);
    }

    [Fact]
    public void An_order_for_an_epochs_end_goes_with_the_coordinator_that_gave_it()
    {
        Generation g2 = new(2);
        Ready(1, allowed: 4).Say(
            new TakeSnapshot(G1, 2), new TakeSnapshot(G1, 4), new AdoptGeneration(Run, g2),
            Push(0, 0, 4), new UpdateApplied(G1, 0, default),
            Push(1, 0, 4), new UpdateApplied(G1, 1, default), new SnapshotDone(g2, 2),
            Push(2, 0, 4), new UpdateApplied(G1, 2, default),
            Push(3, 0, 2), new UpdateApplied(G1, 3, default),
            new TakeSnapshot(g2, 4)).ShouldRead("""
            > TakeSnapshot g1 2
            > TakeSnapshot g1 4
            > AdoptGeneration g2
                to all workers: ParametersPublished g2 s1 0
                to coordinator: SliceStatus s1 g2 Ready 0 limit 4 snapshot 2
            > Contribution 0 [0, 4) w0
                ApplyUpdate g1 0 ([0, 4)) ()
            > UpdateApplied g1 0
                to all workers: ParametersPublished g2 s1 1
            > Contribution 1 [0, 4) w0
                ApplyUpdate g1 1 ([0, 4)) ()
            > UpdateApplied g1 1
                to all workers: ParametersPublished g2 s1 2
                SaveSnapshot g2 2
            > SnapshotDone g2 2
                ForgetSnapshot 2
            > Contribution 2 [0, 4) w0
                ApplyUpdate g1 2 ([0, 4)) ()
            > UpdateApplied g1 2
                to all workers: ParametersPublished g2 s1 3
            > Contribution 3 [0, 2) w0
                ApplyUpdate g1 3 ([0, 2)) ()
            > UpdateApplied g1 3
                to all workers: ParametersPublished g2 s1 4
            > TakeSnapshot g2 4
                SaveSnapshot g2 4
            """);
    }

    [Fact]
    public void Norms_that_did_not_come_are_asked_for_and_sent_again()
    {
        RunPlan plan = Plan with { ClipsGlobalNorm = true };
        Ready(1, allowed: 4, plan).Say(
            1, Push(0, 0, 4), new GradientCombined(G1, 0, default)).Skip().Say(
            10, new RequestNorms(Run, G1, 0, new SliceId(0)),
            new RequestNorms(Run, G1, 1, new SliceId(0))).ShouldRead("""
            > 10 ticks
                to slice 0: RequestNorms g1 0 s1
            > RequestNorms g1 0 s0
                to slice 0: NormPartials g1 0 s1
            > RequestNorms g1 1 s0
                refused RequestNorms: no norms of that step here
            """);
    }

    [Fact]
    public void A_worker_gets_the_parameters_that_it_asks_for_of_the_last_two_versions()
    {
        Ready(1, allowed: 4).Say(Push(0, 0, 4), new UpdateApplied(G1, 0, default)).Skip().Say(
            new RequestParameters(Run, W0, 0), new RequestParameters(Run, W0, 1),
            new RequestParameters(Run, W0, 2)).ShouldRead("""
            > RequestParameters w0 0
                to worker 0: ParametersPublished g1 s1 0
            > RequestParameters w0 1
                to worker 0: ParametersPublished g1 s1 1
            > RequestParameters w0 2
                refused RequestParameters: that version is not here
            """);
    }
}
