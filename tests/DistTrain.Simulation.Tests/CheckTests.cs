using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>Each check is shown what must never be, and objects.</summary>
public sealed class CheckTests
{
    private readonly World _world = SmallWorld.World();
    private readonly SliceHost _slice;

    public CheckTests() => _slice = SmallWorld.Slice(_world, 0);

    public static TheoryData<string, TreeNode[]> BadCovers => new()
    {
        { "a gap", [new(0, 2), new(4, 5)] },
        { "an end too early", [new(0, 4)] },
        { "a doubled node", [new(0, 4), new(0, 4), new(4, 5)] },
        { "an overlap", [new(0, 4), new(2, 4), new(4, 5)] },
        { "no node of the tree", [new(0, 3), new(3, 5)] },
        { "another order", [new(4, 5), new(0, 4)] },
        { "nothing", [] },
    };

    [Theory]
    [MemberData(nameof(BadCovers))]
    public void A_tree_that_is_not_covered_exactly_is_found(string why, TreeNode[] nodes)
    {
        var check = new TreeCheck(SmallWorld.Plan);
        Tell(check, Update(0, [new(0, 4), new(4, 5)]));
        new Action(() => Tell(check, Update(0, nodes))).ShouldFail("tree");
        why.ShouldNotBeEmpty();
    }

    [Fact]
    public void An_evaluation_that_misses_a_microbatch_is_found()
    {
        var check = new TreeCheck(SmallWorld.Plan);
        new Action(() => Tell(check, new ReduceEvaluation(
            SmallWorld.First, new(1), EvaluationSet.Test, 8, Parts([new(0, 1)]))))
            .ShouldFail("tree");
    }

    [Fact]
    public void A_version_that_is_left_out_is_found()
    {
        var check = new VersionCheck(SmallWorld.Plan);
        Tell(check, Published(1, 3));
        Tell(check, Published(2, 7));
        new Action(() => Tell(check, Published(2, 9))).ShouldFail("versions");
    }

    [Fact]
    public void A_version_that_goes_back_within_a_generation_is_found()
    {
        var check = new VersionCheck(SmallWorld.Plan);
        Tell(check, Published(1, 3));
        new Action(() => Tell(check, Published(1, 2))).ShouldFail("versions");
    }

    [Fact]
    public void Slices_restored_to_two_versions_are_found()
    {
        var check = new VersionCheck(SmallWorld.Plan);
        Tell(check, new LoadState(SmallWorld.First, RestoreSource.Checkpoint, 4));
        new Action(() => check.OnHandled(0, SmallWorld.Slice(_world, 1), null,
            [new LoadState(SmallWorld.First, RestoreSource.Initial, 0)])).ShouldFail("versions");
    }

    [Fact]
    public void Slices_two_versions_apart_are_found()
    {
        var check = new VersionCheck(SmallWorld.Plan);
        var load = new LoadState(SmallWorld.First, RestoreSource.Initial, 0);
        SliceHost other = SmallWorld.Slice(_world, 1);
        Tell(check, load, Published(1, 0));
        check.OnHandled(0, other, null, [load, Published(1, 0, slice: 1)]);
        check.OnHandled(0, other, null, [Published(1, 1, slice: 1)]);
        new Action(() => check.OnHandled(0, other, null, [Published(1, 2, slice: 1)]))
            .ShouldFail("versions");
    }

    [Fact]
    public void Acting_on_an_older_generation_is_found_and_refusing_is_not()
    {
        var check = new FenceCheck();
        Tell(check, Published(3, 2));
        check.OnHandled(0, _slice, new AllowSteps(new(2), 8), [new Refused("AllowSteps", "old")]);
        new Action(() => check.OnHandled(
            0, _slice, new TakeSnapshot(new(2), 2), [new SaveSnapshot(new(3), 2)]))
            .ShouldFail("fence");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void A_contribution_that_counts_for_another_state_is_found(int computed, bool isRight)
    {
        var check = new FenceCheck();
        Tell(check, new LoadState(new(2), RestoreSource.Initial, 0));
        Tell(check, Published(3, 0));
        var contribution = new Contribution(
            default, 0, new(0, 1), new(0), default, new Basis(new(computed), 0));
        check.OnHandled(0, _slice, contribution, [new Refused("Contribution", "gone")]);
        var counts = new Action(() => check.OnHandled(0, _slice, contribution, []));
        if (isRight)
        {
            counts();
        }
        else
        {
            counts.ShouldFail("fence");
        }
    }

    [Fact]
    public void A_worker_that_evaluates_for_an_older_generation_is_found()
    {
        var check = new FenceCheck();
        var worker = new WorkerHost(_world.Nodes[3].Process!, 0);
        check.OnHandled(0, worker, Published(3, 2).Message, []);
        new Action(() => check.OnHandled(
            0, worker, new Recompute(new(2), 2, []),
            [new ComputeGradient(2, new(0, 1), [], new Basis(new(2), 2))]))
            .ShouldFail("fence");
    }

    [Fact]
    public void A_worker_that_believes_a_zombie_in_silence_is_found()
    {
        var check = new FenceCheck();
        var worker = new WorkerHost(_world.Nodes[3].Process!, 0);
        check.OnHandled(0, worker, Published(3, 2).Message, []);
        check.OnHandled(
            0, worker, new RunEnded(default, new(2)), [new Refused("RunEnded", "older")]);
        new Action(() => check.OnHandled(0, worker, new RunEnded(default, new(2)), []))
            .ShouldFail("fence");
    }

    [Fact]
    public void A_step_beyond_the_steps_allowed_is_found()
    {
        var check = new LimitCheck(SmallWorld.Plan);
        Tell(check, new LoadState(SmallWorld.First, RestoreSource.Initial, 0));
        Tell(check, new SendToSlice(new(0), new AllowSteps(SmallWorld.First, 2)));
        Tell(check, Update(1, []));
        new Action(() => Tell(check, Update(2, []))).ShouldFail("limits");
    }

    [Fact]
    public void Steps_allowed_before_a_restore_are_allowed_no_more()
    {
        var check = new LimitCheck(SmallWorld.Plan);
        Tell(check, new SendToSlice(new(0), new AllowSteps(SmallWorld.First, 4)));
        Tell(check, new LoadState(new(2), RestoreSource.Initial, 0));
        new Action(() => Tell(check, Update(1, [], generation: 2))).ShouldFail("limits");
    }

    [Fact]
    public void Leaving_a_checkpoints_version_without_a_snapshot_is_found()
    {
        var check = new LimitCheck(SmallWorld.Plan);
        Tell(check, new SendToSlice(new(0), new AllowSteps(SmallWorld.First, 8)));
        new Action(() => Tell(check, Update(4, []))).ShouldFail("limits");
        Tell(check, new SaveSnapshot(SmallWorld.First, 4));
        Tell(check, Update(4, []));
    }

    [Fact]
    public void A_checkpoints_version_may_be_left_when_a_later_one_was_ordered()
    {
        var check = new LimitCheck(SmallWorld.Plan);
        Tell(check, new SendToSlice(new(0), new AllowSteps(SmallWorld.First, 8)));
        var order = new TakeSnapshot(SmallWorld.First, 8);
        check.OnHandled(0, _slice, order, [new Refused("TakeSnapshot", "gone")]);
        check.OnHandled(0, _slice, order with { Version = 4 }, []);
        new Action(() => Tell(check, Update(4, []))).ShouldFail("limits");
        check.OnHandled(0, _slice, order, []);
        Tell(check, Update(4, []));

        // Who adopts another generation puts an order for an epoch's end aside.
        SmallWorld.Plan.IsEpochEnd(order.Version).ShouldBeTrue();
        check.OnHandled(0, _slice, new AdoptGeneration(default, new(2)), []);
        new Action(() => Tell(check, Update(4, []))).ShouldFail("limits");
    }

    [Fact]
    public void A_checkpoint_of_two_versions_is_found()
    {
        ISliceState first = _world.Computation.NewSlice(0);
        first.LoadInitial();
        SliceCopy copy = first.Copy();
        var check = new CheckpointCheck(2, steps: 8);
        check.OnWritten(0, 0, DtmFile.Of(0, [copy, copy]));
        new Action(() => check.OnWritten(0, 0, DtmFile.Of(0, [copy, copy with { Version = 1 }])))
            .ShouldFail("checkpoints");
        new Action(() => check.OnWritten(0, 0, DtmFile.Of(0, [copy]))).ShouldFail("checkpoints");
    }

    [Fact]
    public void A_run_that_completes_without_its_last_checkpoint_is_found()
    {
        var check = new CheckpointCheck(0, steps: 8);
        var end = new EndRun(RunOutcome.Completed, 8, null);
        check.OnWritten(0, 0, DtmFile.Of(4, []));
        check.OnEnded(0, _slice, end with { Outcome = RunOutcome.Failed });
        new Action(() => check.OnEnded(0, _slice, end)).ShouldFail("checkpoints");
        check.OnWritten(0, 0, DtmFile.Of(8, []));
        check.OnEnded(0, _slice, end);
    }

    [Fact]
    public void Wrong_bits_are_found_in_the_step_that_makes_them()
    {
        var check = new OracleCheck(_world.Computation);
        ISliceState state = _world.Computation.NewSlice(0);
        state.LoadInitial();
        check.OnSliceChanged(0, _slice, Update(0, []), state);
        state.Apply(0, [], []);
        new Action(() => check.OnSliceChanged(0, _slice, Update(0, []), state))
            .ShouldFail("oracle");
    }

    [Fact]
    public void A_wrong_end_is_found()
    {
        var check = new OracleCheck(_world.Computation);
        new Action(() => check.OnEnded(0, _slice, new EndRun(RunOutcome.Completed, 3, null)))
            .ShouldFail("oracle");
    }

    [Fact]
    public void An_end_with_a_model_that_nobody_holds_is_no_end() =>
        FinalModel.CanBeHad(_world, _slice.Process.Directory).ShouldBeFalse();

    [Fact]
    public void A_storm_is_found()
    {
        var check = new BoundsCheck(_world);
        Effect[] storm = new Effect[BoundsCheck.EffectsAllowed(_world.Scenario) + 1];
        Array.Fill(storm, new Refused("", ""));
        check.OnHandled(0, _slice, null, storm[1..]);
        new Action(() => check.OnHandled(0, _slice, null, storm)).ShouldFail("bounds");
    }

    private void Tell(Observer check, params Effect[] effects) =>
        check.OnHandled(0, _slice, null, effects);

    private static ApplyUpdate Update(long step, TreeNode[] nodes, int generation = 1) =>
        new(new(generation), step, Parts(nodes), []);

    private static ImmutableArray<NodeTensor> Parts(TreeNode[] nodes) =>
        [.. nodes.Select(n => new NodeTensor(n, default))];

    private static SendToAllWorkers Published(int generation, long version, int slice = 0) =>
        new(new ParametersPublished(
            default, new(generation), new(slice), version, default, null));
}
