namespace DistTrain.Protocol.Tests;

/// <summary>The coordinator's behaviour, message by message.</summary>
public sealed class CoordinatorTests
{
    private static readonly Generation G1 = new(1);
    private static readonly WorkerId W0 = new(0);
    private static readonly WorkerId W1 = new(1);
    private static readonly WorkerId W2 = new(2);
    private static readonly Assignment Both = new(2, [W0, W1]);

    private static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 2, MicrobatchesPerStep: 4, MicrobatchesInLastStep: 2,
        ValidationMicrobatches: 2, TestMicrobatches: 0, CheckpointEverySteps: 3, Slices: 1,
        ClipsGlobalNorm: false, RestoresBest: false);

    private static readonly SliceStatus Empty = new(
        new(Guid.Empty), new(0), 0, 1, default, SliceCondition.Empty, default, default, 0, 0, false,
        null, -1, -1, null, null);

    private static long _statuses = 1;

    private static SliceStatus Status(int slice, long version) => Empty with
    {
        Slice = new(slice),
        Number = ++_statuses,
        Generation = G1,
        Restored = G1,
        Condition = SliceCondition.Ready,
        Version = version,
        Limit = 8,
        AssignmentNumber = 99,
        Assignment = slice == 0 ? Both : null,
    };

    private static SliceStatus Held(int slice, long limit) =>
        Status(slice, 0) with { IsHeld = true, Limit = limit };

    private static StepCompleted Step(long version, Assignment? by = null) =>
        new(G1, version, by ?? Both);

    /// <summary>Workers 0 and 1 compute step 0 by assignment 2.</summary>
    private static Transcript Training(RunPlan? plan = null)
    {
        var coordinator = new Coordinator(new(Guid.Empty), plan ?? Plan, new CoordinatorOptions());
        var t = new Transcript((m, effects) =>
            coordinator.Handle((CoordinatorMessage)m, effects));
        t.Say(new WorkerJoined(W0), new WorkerJoined(W1));
        coordinator.Start([]);
        for (int i = 0; i < (plan ?? Plan).Slices; i++)
        {
            t.Say(Empty with { Slice = new(i) });
        }

        for (int i = 0; i < (plan ?? Plan).Slices; i++)
        {
            t.Say(Status(i, 0));
        }

        t.Say(Step(0));

        return t.Skip();
    }

    [Fact]
    public void An_epoch_is_a_barrier_and_its_checkpoint_waits_for_the_judgement()
    {
        Training().Say(
            Step(1), new CheckpointSaved(G1, 3), Step(4),
            new EvaluationCompleted(new(1), G1, 4, true, false)).ShouldRead("""
            > StepCompleted g1 1 a2(w0 w1)
            > CheckpointSaved g1 3
                to slice 0: SnapshotDone g1 3
                report: CheckpointWritten 3
            > StepCompleted g1 4 a2(w0 w1)
                to worker 0: Evaluate g1 e1 Validation 4 ([0, 1))
                to worker 1: Evaluate g1 e1 Validation 4 ([1, 2))
            > EvaluationCompleted e1 g1 4 Improved=True Stop=False
                report: EpochFinished 1 4 Improved=True Stopping=False
                to slice 0: AllowSteps g1 8
                to slice 0: TakeSnapshot g1 4
            """);
    }

    [Fact]
    public void One_checkpoint_is_under_way_at_a_time()
    {
        Training().Say(
            Step(4), new EvaluationCompleted(new(1), G1, 4, true, false),
            new CheckpointSaved(G1, 3), new CheckpointFailed(G1, 4, "disk full"),
            new CheckpointSaved(G1, 6)).ShouldRead("""
            > StepCompleted g1 4 a2(w0 w1)
                to worker 0: Evaluate g1 e1 Validation 4 ([0, 1))
                to worker 1: Evaluate g1 e1 Validation 4 ([1, 2))
            > EvaluationCompleted e1 g1 4 Improved=True Stop=False
                report: EpochFinished 1 4 Improved=True Stopping=False
                to slice 0: AllowSteps g1 8
            > CheckpointSaved g1 3
                to slice 0: SnapshotDone g1 3
                report: CheckpointWritten 3
                to slice 0: TakeSnapshot g1 4
            > CheckpointFailed g1 4 disk full
                to slice 0: SnapshotDone g1 4
                report: CheckpointSkipped 4 disk full
                to slice 0: TakeSnapshot g1 6
            > CheckpointSaved g1 6
                to slice 0: SnapshotDone g1 6
                report: CheckpointWritten 6
            """);
    }

    [Fact]
    public void A_checkpoint_of_before_a_restore_is_one_to_go_back_to_and_concludes_none()
    {
        Generation g2 = new(2);
        Transcript training = Training();
        SliceStatus restored = Status(0, 0) with { Generation = g2, Restored = g2 };
        training.Say(new SliceLost(new(0), "gone"), restored).Skip().Say(
            new CheckpointSaved(G1, 3), new CheckpointFailed(G1, 3, "disk full"),
            new CheckpointSaved(new(3), 3), new CheckpointSaved(g2, 3),
            new SliceLost(new(0), "gone")).ShouldRead("""
            > CheckpointSaved g1 3
                refused CheckpointSaved: not under way
            > CheckpointFailed g1 3 disk full
                refused CheckpointFailed: not under way
            > CheckpointSaved g3 3
                refused CheckpointSaved: not under way
            > CheckpointSaved g2 3
                to slice 0: SnapshotDone g2 3
                report: CheckpointWritten 3
            > SliceLost s0 gone
                report: SliceLeftRun s0 gone
                report: RunRolledBack 3 slice 0 was lost: gone
                to slice 0: RestoreSlice g3 0 Checkpoint 3
                to slice 0: SetAssignment g3 a2(w0 w1)
            """);
    }

    [Fact]
    public void A_lost_workers_nodes_go_to_the_others_in_like_shares()
    {
        Training().Say(
            new WorkerJoined(W2), new WorkerLost(W0, "gone"), new WorkerLost(W1, "gone"))
            .ShouldRead("""
            > WorkerJoined w2
                report: WorkerJoinedRun w2 3
                to slice 0: WorkerWelcomed w2
                to slice 0: SetAssignment g1 a3(w0 w1 w2)
            > WorkerLost w0 gone
                report: WorkerLeftRun w0 2 gone
                to slice 0: SetAssignment g1 a4(w1 w2)
                to worker 1: Recompute g1 0 ([0, 1))
                report: WorkRecomputed 0 w1 ([0, 1))
                to worker 2: Recompute g1 0 ([1, 2))
                report: WorkRecomputed 0 w2 ([1, 2))
            > WorkerLost w1 gone
                report: WorkerLeftRun w1 1 gone
                to slice 0: SetAssignment g1 a5(w2)
                to worker 2: Recompute g1 0 ([2, 4) [0, 1))
                report: WorkRecomputed 0 w2 ([2, 4) [0, 1))
            """);
    }

    [Fact]
    public void A_worker_lost_before_its_step_is_heard_of_leaves_no_gap()
    {
        // Slice 0 has published version 1 with assignment 2 when the coordinator loses worker 0.
        Training().Say(
            new WorkerLost(W0, "gone"), Step(1), Step(2, new Assignment(3, [W1]))).ShouldRead("""
            > WorkerLost w0 gone
                report: WorkerLeftRun w0 1 gone
                to slice 0: SetAssignment g1 a3(w1)
                to worker 1: Recompute g1 0 ([0, 2))
                report: WorkRecomputed 0 w1 ([0, 2))
            > StepCompleted g1 1 a2(w0 w1)
                to worker 1: Recompute g1 1 ([0, 2))
                report: WorkRecomputed 1 w1 ([0, 2))
            > StepCompleted g1 2 a3(w1)
            """);
    }

    [Fact]
    public void With_several_slices_the_step_before_is_covered_too()
    {
        // Slice 1 may still lack a contribution to step 0 that died with its worker.
        Training(Plan with { Slices = 2 }).Say(Step(1), new WorkerLost(W0, "gone")).ShouldRead("""
            > StepCompleted g1 1 a2(w0 w1)
            > WorkerLost w0 gone
                report: WorkerLeftRun w0 1 gone
                to slice 0: SetAssignment g1 a3(w1)
                to worker 1: Recompute g1 0 ([0, 2))
                to worker 1: Recompute g1 1 ([0, 2))
                report: WorkRecomputed 1 w1 ([0, 2))
            """);
    }

    [Fact]
    public void With_nobody_left_the_nodes_wait_for_who_joins()
    {
        Training().Say(
            new WorkerLost(W0, "gone"), new WorkerLost(W1, "gone"), new WorkerJoined(W1))
            .Skip().Say(Step(1)).ShouldRead("""
            > StepCompleted g1 1 a2(w0 w1)
                to worker 1: Recompute g1 1 ([0, 2))
                report: WorkRecomputed 1 w1 ([0, 2))
            """);
    }

    [Fact]
    public void A_stop_holds_the_slices_meets_at_the_highest_version_and_saves_it()
    {
        Training(Plan with { Slices = 2 }).Say(
            new StopRequested(), new StopRequested(), Step(1),
            Held(1, 2), Held(1, 2),
            Held(0, 1), Step(2), new CheckpointSaved(G1, 3),
            new CheckpointSaved(G1, 2), new StopRequested()).ShouldRead("""
            > StopRequested
                to slice 0: HoldSteps g1
                to slice 1: HoldSteps g1
            > StopRequested
                refused StopRequested: the run is ending already
            > StepCompleted g1 1 a2(w0 w1)
            > SliceStatus s1 g1 Ready 0 limit 2 held
            > SliceStatus s1 g1 Ready 0 limit 2 held
            > SliceStatus s0 g1 Ready 0 limit 1 held
                to slice 0: MeetAt g1 2
                to slice 1: MeetAt g1 2
            > StepCompleted g1 2 a2(w0 w1)
                to slice 0: TakeSnapshot g1 2
                to slice 1: TakeSnapshot g1 2
            > CheckpointSaved g1 3
                refused CheckpointSaved: not under way
            > CheckpointSaved g1 2
                to slice 0: SnapshotDone g1 2
                to slice 1: SnapshotDone g1 2
                report: CheckpointWritten 2
                to all workers: RunEnded g1
                EndRun Interrupted 2
            > StopRequested
                refused StopRequested: the run has ended
            """);
    }

    [Fact]
    public void While_the_last_checkpoint_is_written_nobody_is_given_work_that_no_slice_needs()
    {
        Training().Say(
            new StopRequested(), Held(0, 0), new WorkerFailed(W0, 0, "thrown"),
            new WorkerJoined(W0)).ShouldRead("""
            > StopRequested
                to slice 0: HoldSteps g1
            > SliceStatus s0 g1 Ready 0 limit 0 held
                to slice 0: MeetAt g1 0
                to slice 0: TakeSnapshot g1 0
            > WorkerFailed w0 0 thrown
                report: WorkerLeftRun w0 1 thrown
                to slice 0: SetAssignment g1 a3(w1)
            > WorkerJoined w0
                report: WorkerJoinedRun w0 2
            """);
    }

    [Fact]
    public void A_stop_during_an_evaluation_gives_it_up()
    {
        Training().Say(
            new CheckpointSaved(G1, 3), Step(4), new StopRequested(),
            new EvaluationAbandoned(new(1), G1), Held(0, 4),
            new CheckpointFailed(G1, 4, "disk full")).ShouldRead("""
            > CheckpointSaved g1 3
                to slice 0: SnapshotDone g1 3
                report: CheckpointWritten 3
            > StepCompleted g1 4 a2(w0 w1)
                to worker 0: Evaluate g1 e1 Validation 4 ([0, 1))
                to worker 1: Evaluate g1 e1 Validation 4 ([1, 2))
            > StopRequested
                to slice 0: AbandonEvaluation g1 e1
            > EvaluationAbandoned e1 g1
                to slice 0: HoldSteps g1
            > SliceStatus s0 g1 Ready 0 limit 4 held
                to slice 0: MeetAt g1 4
                to slice 0: TakeSnapshot g1 4
            > CheckpointFailed g1 4 disk full
                to slice 0: SnapshotDone g1 4
                to all workers: RunEnded g1
                EndRun Failed 4 the checkpoint of step 4 could not be written: disk full
            """);
    }

    [Fact]
    public void A_refused_update_waits_for_a_checkpoint_under_way_and_saves_nothing_new()
    {
        Training().Say(
            Step(3), new UpdateRefused(
                new(0), G1, 3, "layers.0.weight is not finite", UpdateFailure.NotFinite),
            new CheckpointSaved(G1, 3)).ShouldRead("""
            > StepCompleted g1 3 a2(w0 w1)
            > UpdateRefused s0 g1 3 layers.0.weight is not finite NotFinite
            > CheckpointSaved g1 3
                to slice 0: SnapshotDone g1 3
                report: CheckpointWritten 3
                to all workers: RunEnded g1
                EndRun Failed 3 layers.0.weight is not finite
            """);
        Training().Say(
            new UpdateRefused(new(0), G1, 1, "loss is not finite", default)).ShouldRead("""
            > UpdateRefused s0 g1 1 loss is not finite NotFinite
                to all workers: RunEnded g1
                EndRun Failed 1 loss is not finite
            """);
    }

    [Fact]
    public void What_comes_of_another_generation_or_unasked_is_refused_by_name()
    {
        Generation g0 = new(0);
        Training().Say(
            new StepCompleted(g0, 1, Both), Held(0, 1) with { Generation = g0 },
            Status(0, 0) with { Run = new(new Guid(7, 0, 0, new byte[8])) },
            new UpdateRefused(new(0), g0, 1, "old", default), new StepStalled(new(0), G1, 5, []),
            new EvaluationCompleted(new(1), G1, 4, true, true),
            new EvaluationAbandoned(new(1), G1), new WorkerLost(W2, "unknown"),
            new CheckpointFailed(G1, 4, "never ordered")).ShouldRead("""
            > StepCompleted g0 1 a2(w0 w1)
                refused StepCompleted: not this generation
            > SliceStatus s0 g0 Ready 0 limit 1 held
                refused SliceStatus: not this generation
            > SliceStatus s0 g1 Ready 0 limit 8
                refused SliceStatus: another run
            > UpdateRefused s0 g0 1 old NotFinite
                refused UpdateRefused: not this generation
            > StepStalled s0 g1 5 ()
                refused StepStalled: that step is not under way
            > EvaluationCompleted e1 g1 4 Improved=True Stop=True
                refused EvaluationCompleted: nobody waits for it
            > EvaluationAbandoned e1 g1
                refused EvaluationAbandoned: nobody waits for it
            > WorkerLost w2 unknown
                refused WorkerLost: not on the roster
            > CheckpointFailed g1 4 never ordered
                refused CheckpointFailed: not under way
            """);
    }

    [Fact]
    public void Contradicting_options_are_refused_at_once()
    {
        Should.Throw<ArgumentException>(() => new Coordinator(
            default, Plan, new CoordinatorOptions { Version = 3 }));
        Should.Throw<ArgumentException>(() => new Coordinator(
            default, Plan, new CoordinatorOptions
            {
                Source = RestoreSource.Checkpoint,
                Version = 9,
            }));
        Should.Throw<ArgumentException>(() => new Coordinator(
            default, Plan with { Slices = 0 }, new CoordinatorOptions()));
    }
}
