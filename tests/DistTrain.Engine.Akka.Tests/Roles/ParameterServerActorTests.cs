using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Parameter servers on Akka.NET, led by the test: what they make of gradients, and whom
/// they do not obey.</summary>
public sealed class ParameterServerActorTests : TestKit
{
    private static readonly Generation First = new(1, 1);
    private static readonly Generation Second = new(2, 1);

    public ParameterServerActorTests()
        : base(VirtualTime.Config, "disttrain")
    {
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(5, 2, 3)]
    [InlineData(13, 3, 4)]
    public void It_averages_and_applies_Adam_as_the_reference_in_whatever_order_gradients_come(
        int workers, int slices, int seed)
    {
        var stage = new HostedStage(this, StageTasks.FourSteps, slices);
        var order = new Random(seed);
        stage.Begin(First, limit: 4, [.. Enumerable.Range(0, workers)]);

        HeldVersion held = stage.Node.NextVersion();
        for (; held.Version < 4; held = stage.Node.NextVersion())
        {
            (int Worker, TreeNode Node)[] work =
            [
                .. from worker in Enumerable.Range(0, workers)
                   from node in stage.Node.ShareOf(held, worker)
                   select (worker, node),
            ];
            order.Shuffle(work);
            foreach ((int worker, TreeNode node) in work)
            {
                stage.Node.Contribute(held, node, worker);
            }
        }

        stage.Node.HashOf(held).ShouldBe(StageTasks.FourStepsHash, "what was published");
        stage.HashOf(4).ShouldBe(StageTasks.FourStepsHash, "what is held");
    }

    [Fact]
    public void Gradients_that_come_twice_or_overlap_are_counted_once()
    {
        var stage = new HostedStage(this, StageTasks.FourSteps, slices: 2);
        stage.Begin(First, limit: 4, 0, 1);

        HeldVersion held = stage.Node.NextVersion();
        for (; held.Version < 4; held = stage.Node.NextVersion())
        {
            TreeNode[] share = [.. stage.Node.ShareOf(held, 0)];
            TreeNode[] nodes =
            [
                .. share.Select(node => node.Left), .. share, .. share,
                .. stage.Node.ShareOf(held, 1),
            ];
            foreach (TreeNode node in nodes)
            {
                stage.Node.Contribute(held, node, worker: 0);
            }
        }

        stage.Node.HashOf(held).ShouldBe(StageTasks.FourStepsHash);
    }

    [Fact]
    public void It_tells_the_coordinator_what_it_has_published()
    {
        var stage = new HostedStage(this, StageTasks.FourSteps, slices: 1);

        stage.Begin(First, limit: 1, 0);
        stage.Node.Coordinator.ExpectMsg<StepCompleted>().Version.ShouldBe(0);
        stage.Node.Coordinator.LastSender.ShouldBe(stage.Slices[0]);
        SliceStatus status = stage.Node.Coordinator.ExpectMsg<SliceStatus>();
        (status.Generation, status.Condition, status.Limit)
            .ShouldBe((First, SliceCondition.Ready, 0));
    }

    [Fact]
    public void Steps_that_an_older_generation_allows_are_not_taken()
    {
        HostedStage stage = WithCompleteTree(out HeldVersion held);

        stage.Allow(First, limit: 4);
        stage.Slices[0].Tell(new MeetAt(First, 4));
        Step(stage).ShouldBe(0, "an older generation has allowed it");
        stage.Node.Publications.HasMessages.ShouldBeFalse();

        stage.Allow(Second, limit: 4);
        Step(stage).ShouldBe(1);
        stage.Node.NextVersion().Basis.ShouldBe(held.Basis with { Version = 1 });
    }

    [Fact]
    public void What_an_older_generation_holds_and_assigns_is_not_obeyed()
    {
        HostedStage stage = WithCompleteTree(out _);

        stage.Slices[0].Tell(new HoldSteps(First));
        stage.Slices[0].Tell(new SetAssignment(First, new Assignment(99, [new WorkerId(9)])));
        stage.Slices[0].Tell(new AdoptGeneration(stage.Node.Context.Run, First));
        stage.Allow(Second, limit: 4);

        stage.Node.NextVersion().Assignment.Number.ShouldBe(1);
        StatusOf(stage).Generation.ShouldBe(Second);
        StatusOf(stage).IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void A_restore_of_an_older_generation_or_for_another_incarnation_takes_nothing_away()
    {
        HostedStage stage = WithCompleteTree(out _);
        stage.Allow(Second, limit: 4);
        stage.Node.NextVersion().Version.ShouldBe(1);

        stage.Slices[0].Tell(new RestoreSlice(
            First, HostedStage.Incarnation, RestoreSource.Initial, 0));
        stage.Slices[0].Tell(new RestoreSlice(
            new Generation(9, 1), HostedStage.Incarnation - 1, RestoreSource.Initial, 0));

        Step(stage).ShouldBe(1);
        StatusOf(stage).Generation.ShouldBe(Second);
    }

    [Fact]
    public void Words_of_another_run_find_no_ear()
    {
        HostedStage stage = WithCompleteTree(out _);
        var other = new RunId(Guid.NewGuid());
        stage.Heard();

        stage.Slices[0].Tell(new ReportStatus(other));
        stage.Slices[0].Tell(new AdoptGeneration(other, new Generation(7, 7)));
        stage.Slices[0].Tell(new RequestParameters(other, new WorkerId(0), 0));

        stage.Heard().ShouldBeEmpty();
        stage.Node.Publications.HasMessages.ShouldBeFalse();
        StatusOf(stage).Generation.ShouldBe(Second);
    }

    [Fact]
    public void A_slice_whose_sibling_is_gone_refuses_nothing_and_waits_for_the_restore()
    {
        HostedStage? all = null;
        var hooks = new EngineHooks
        {
            BeforeUpdate = (slice, _) =>
            {
                if (slice.Value == 0)
                {
                    all!.Hosted.Remove(new SliceId(1));
                }
            },
        };
        HostedStage stage = all = new HostedStage(this, StageTasks.FourSteps, slices: 2, hooks);
        stage.Begin(First, limit: 4, 0);
        HeldVersion held = stage.Node.NextVersion();
        foreach (TreeNode node in stage.Node.ShareOf(held, 0))
        {
            stage.Node.Contribute(held, node, worker: 0);
        }

        AwaitCondition(() => stage.Hosted.Find(new SliceId(1)) is null);
        IReadOnlyList<object> heard = stage.Heard();
        heard.ShouldNotContain(m => m is UpdateRefused, "its own refusal would hide the cause");
        Step(stage).ShouldBe(0);

        stage.Slices[0].Tell(new RestoreSlice(
            Second, HostedStage.Incarnation, RestoreSource.Initial, 0));
        StatusOf(stage).Restored.ShouldBe(Second);
    }

    [Fact]
    public void A_step_that_is_late_is_said_to_be_stalled_by_its_missing_nodes()
    {
        var stage = new HostedStage(this, StageTasks.FourSteps, slices: 1);
        stage.Begin(First, limit: 4, 0, 1);
        HeldVersion held = stage.Node.NextVersion();
        foreach (TreeNode node in stage.Node.ShareOf(held, 0))
        {
            stage.Node.Contribute(held, node, worker: 0);
        }

        this.PassTicks(ProtocolTicks.UnmeasuredStall - 1);
        stage.Heard().ShouldNotContain(m => m is StepStalled, "a first step may take so long");
        this.PassTicks();

        StepStalled stalled = stage.Heard().OfType<StepStalled>().ShouldHaveSingleItem();
        stalled.Step.ShouldBe(0);
        stalled.Missing.ShouldBe(stage.Node.ShareOf(held, 1));
    }

    /// <summary>One slice, restored in the second generation, that has all gradients of its first
    /// step and may not take it.</summary>
    private HostedStage WithCompleteTree(out HeldVersion held)
    {
        var stage = new HostedStage(this, StageTasks.FourSteps, slices: 1);
        stage.Begin(First, limit: 0, 0);
        stage.Node.NextVersion();
        stage.Begin(Second, limit: 0, 0);
        held = stage.Node.NextVersion();
        held.Basis.Generation.ShouldBe(Second);
        foreach (TreeNode node in stage.Node.ShareOf(held, 0))
        {
            stage.Node.Contribute(held, node, worker: 0);
        }

        return stage;
    }

    private static long Step(HostedStage stage) => StatusOf(stage).Version;

    private static SliceStatus StatusOf(HostedStage stage)
    {
        stage.Slices[0].Tell(new ReportStatus(stage.Node.Context.Run));
        return stage.Heard().OfType<SliceStatus>().Last();
    }
}
