namespace DistTrain.Protocol.Tests;

/// <summary>How a coordinator begins, asks again, and gives way, message by message.</summary>
public sealed class TakeoverTests
{
    private static readonly WorkerId W0 = new(0);
    private static readonly WorkerId W1 = new(1);
    private static readonly Assignment Both = new(2, [W0, W1]);

    private static readonly RunPlan Plan = new(
        StepsPerEpoch: 4, Epochs: 2, MicrobatchesPerStep: 4, MicrobatchesInLastStep: 4,
        ValidationMicrobatches: 0, TestMicrobatches: 0, CheckpointEverySteps: 0, Slices: 2,
        ClipsGlobalNorm: false, RestoresBest: true);

    private readonly Coordinator _coordinator = new(
        new(Guid.Empty), Plan, new CoordinatorOptions { Number = 2 });

    private long _statuses;

    private Transcript Started(params object[] before)
    {
        var t = new Transcript((m, effects) =>
        {
            if (m is int ticks)
            {
                for (int i = 0; i < ticks; i++)
                {
                    _coordinator.Tick(effects);
                }
            }
            else
            {
                _coordinator.Handle((CoordinatorMessage)m, effects);
            }
        });
        t.Say(before).Say(new WorkerJoined(W0), new WorkerJoined(W1));
        _coordinator.Start([]);
        return t.Skip();
    }

    private SliceStatus Status(int slice, int generation, long version, int by = 1) => new(
        new(Guid.Empty), new(slice), 0, ++_statuses, new(generation, by), SliceCondition.Ready,
        new(1), RestoreSource.Initial, version, 4, false, null, -1, slice == 0 ? 9 : -1,
        slice == 0 ? Both : null, null);

    /// <summary>Both slices have adopted generation 6.</summary>
    private Transcript Leading() => Started().Say(
        Status(0, 5, 2), Status(1, 5, 2), Status(0, 6, 2, by: 2), Status(1, 6, 2, by: 2)).Skip();

    [Fact]
    public void Slices_that_hold_a_version_adopt_the_new_coordinators_generation_and_go_on()
    {
        Started().Say(
            Status(0, 5, 2), Status(1, 4, 1), Status(1, 6, 2, by: 2), Status(0, 6, 2, by: 2))
            .ShouldRead("""
            > SliceStatus s0 g5 Ready 2 limit 4
            > SliceStatus s1 g4 Ready 1 limit 4
                to slice 0: AdoptGeneration g6
                to slice 1: AdoptGeneration g6
            > SliceStatus s1 g6 Ready 2 limit 4
            > SliceStatus s0 g6 Ready 2 limit 4
                report: CoordinatorTookOver 2
                to slice 0: SetAssignment g6 a10(w0 w1)
                to slice 0: AllowSteps g6 4
                to slice 1: AllowSteps g6 4
            """);
    }

    [Fact]
    public void A_checkpoint_of_copies_made_for_the_coordinator_before_counts()
    {
        Leading().Say(
            new StepCompleted(new(6, 2), 4, Both),
            new EvaluationCompleted(new(1), new(6, 2), 4, false, false)).Skip().Say(
            new CheckpointSaved(new(0), 4), new CheckpointSaved(new(5, 1), 4)).ShouldRead("""
            > CheckpointSaved g0 4
                refused CheckpointSaved: not under way
            > CheckpointSaved g5 4
                to slice 0: SnapshotDone g6 4
                to slice 1: SnapshotDone g6 4
                report: CheckpointWritten 4
            """);
    }

    [Fact]
    public void Slices_of_different_restores_are_restored_together()
    {
        Started().Say(
            Status(0, 5, 2), Status(1, 5, 2) with { Restored = new(5, 1) }).ShouldRead("""
            > SliceStatus s0 g5 Ready 2 limit 4
            > SliceStatus s1 g5 Ready 2 limit 4
                to slice 0: RestoreSlice g6 0 Initial 0
                to slice 1: RestoreSlice g6 0 Initial 0
                to slice 0: SetAssignment g6 a10(w0 w1)
            """);
    }

    [Fact]
    public void A_judged_epoch_is_not_judged_again_but_its_best_is_kept_by_all()
    {
        SliceStatus At4(int slice, int generation, int by) =>
            Status(slice, generation, 4, by) with
            {
                Judged = slice == 0 ? new Judgement(4, Improved: true, Stop: false) : null,
                BestVersion = slice == 0 ? 4 : null,
            };

        Started().Say(
            At4(0, 5, 1), At4(1, 5, 1), At4(0, 6, 2), At4(1, 6, 2)).Skip().Say(
            At4(0, 6, 2), At4(1, 6, 2) with { BestVersion = 4 }).ShouldRead("""
            > SliceStatus s0 g6 Ready 4 limit 4 best 4 judged 4
                to slice 0: SetAssignment g6 a10(w0 w1)
            > SliceStatus s1 g6 Ready 4 limit 4 best 4
                report: EpochFinished 1 4 Improved=True Stopping=False
                to slice 0: AllowSteps g6 8
                to slice 1: AllowSteps g6 8
                to slice 0: TakeSnapshot g6 4
                to slice 1: TakeSnapshot g6 4
                to slice 1: AllowSteps g6 8
            """);
    }

    [Fact]
    public void What_is_not_answered_is_asked_again_ever_more_rarely()
    {
        Started().Say(9, 1, Status(1, 5, 2), 19, 1, 160).ShouldRead("""
            > 9 ticks
            > 1 ticks
                to slice 0: ReportStatus
                to slice 1: ReportStatus
            > SliceStatus s1 g5 Ready 2 limit 4
            > 19 ticks
            > 1 ticks
                to slice 0: ReportStatus
            > 160 ticks
                to slice 0: ReportStatus
                to slice 0: ReportStatus
            """);
    }

    [Fact]
    public void What_a_slice_lacks_by_its_status_is_sent_to_it()
    {
        Leading().Say(
            Status(1, 6, 2, by: 2) with { Limit = 2 },
            Status(0, 6, 3, by: 2) with { AssignmentNumber = 10 },
            Status(0, 6, 3, by: 2) with { AssignmentNumber = 9 }).ShouldRead("""
            > SliceStatus s1 g6 Ready 2 limit 2
                to slice 1: AllowSteps g6 4
            > SliceStatus s0 g6 Ready 3 limit 4
            > SliceStatus s0 g6 Ready 3 limit 4
                to slice 0: SetAssignment g6 a10(w0 w1)
            """);
    }

    [Fact]
    public void A_later_coordinators_generation_deposes_this_one()
    {
        Leading().Say(
            Status(1, 7, 3, by: 3), new StopRequested(), new WorkerJoined(new(4))).ShouldRead("""
            > SliceStatus s1 g7 Ready 3 limit 4
                refused SliceStatus: not this generation
                StandDown g7
            > StopRequested
                refused StopRequested: another coordinator leads
            > WorkerJoined w4
                refused WorkerJoined: another coordinator leads
            """);
    }

    [Fact]
    public void An_earlier_coordinators_generation_makes_this_one_raise_its_own()
    {
        // All slices were lost at generation 9; a worker still listens to it alone.
        Leading().Say(
            new GenerationHeard(W1, new(9, 1)), Status(0, 6, 2, by: 2), Status(1, 6, 2, by: 2))
            .ShouldRead("""
            > GenerationHeard w1 g9
                to slice 0: ReportStatus
                to slice 1: ReportStatus
            > SliceStatus s0 g6 Ready 2 limit 4
            > SliceStatus s1 g6 Ready 2 limit 4
                to slice 0: AdoptGeneration g10
                to slice 1: AdoptGeneration g10
            """);
    }

    [Fact]
    public void A_slice_that_started_anew_unnoticed_takes_all_back()
    {
        Leading().Say(
            Status(1, 0, 0, by: 0) with { Incarnation = 1, Condition = SliceCondition.Empty })
            .ShouldRead("""
            > SliceStatus s1 g0 Empty 0 limit 4
                report: SliceLeftRun s1 it started anew
                report: RunRolledBack 0 slice 1 was lost: it started anew
                to slice 0: RestoreSlice g7 0 Initial 0
                to slice 1: RestoreSlice g7 0 Initial 0
                to slice 0: SetAssignment g7 a10(w0 w1)
            """);
    }

    [Fact]
    public void Every_live_worker_is_asked_in_the_end_the_one_whose_duty_it_is_last()
    {
        var stalled = new StepStalled(new(1), new(6, 2), 2, [new TreeNode(2, 4)]);
        Leading().Say(
            stalled, stalled with { Slice = new(0) }, 5, stalled, 5, stalled).ShouldRead("""
            > StepStalled s1 g6 2 ([2, 4))
                to worker 0: Recompute g6 2 ([2, 4))
                report: WorkDuplicated 2 w0 ([2, 4))
            > StepStalled s0 g6 2 ([2, 4))
            > 5 ticks
            > StepStalled s1 g6 2 ([2, 4))
                to worker 1: Recompute g6 2 ([2, 4))
                report: WorkDuplicated 2 w1 ([2, 4))
            > 5 ticks
            > StepStalled s1 g6 2 ([2, 4))
                to worker 0: Recompute g6 2 ([2, 4))
                report: WorkDuplicated 2 w0 ([2, 4))
            """);
    }

    [Fact]
    public void A_worker_that_leaves_is_let_go_when_no_step_under_way_concerns_it()
    {
        Leading().Say(
            new WorkerLeaving(W1, "asked to"), new WorkerLeaving(W1, "asked to"),
            new StepCompleted(new(6, 2), 3, new Assignment(11, [W0])),
            new StepCompleted(new(6, 2), 4, new Assignment(11, [W0])),
            new WorkerLeaving(W1, "asked to")).ShouldRead("""
            > WorkerLeaving w1 asked to
                report: WorkerLeftRun w1 1 asked to
                to slice 0: SetAssignment g6 a11(w0)
            > WorkerLeaving w1 asked to
            > StepCompleted g6 3 a11(w0)
            > StepCompleted g6 4 a11(w0)
                to worker 1: LeaveGranted
                to slice 0: JudgeEpoch g6 e1 4
            > WorkerLeaving w1 asked to
                to worker 1: LeaveGranted
            """);
    }

    [Fact]
    public void A_step_that_cannot_be_applied_is_tried_three_times()
    {
        UpdateRefused Thrown(int generation) =>
            new(new(1), new(generation, 2), 2, "bad sector", UpdateFailure.Thrown);
        SliceStatus Restored(int slice, int generation) => Status(slice, generation, 0, by: 2)
            with
        { Restored = new(generation, 2) };

        Leading().Say(
            Thrown(6), Thrown(6), Restored(0, 7), Restored(1, 7),
            Thrown(7), Restored(0, 8), Restored(1, 8)).Skip().Say(Thrown(8)).ShouldRead("""
            > UpdateRefused s1 g8 2 bad sector Thrown
                to all workers: RunEnded g8
                EndRun Failed 2 applying step 2 failed 3 times; the last time: bad sector
            """);
    }
}
