using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Work that does not come, or comes late, as the coordinator's actor and the parameter
/// servers' deal with it.</summary>
public sealed class LateWorkTests : TestKit
{
    public LateWorkTests()
        : base(VirtualTime.Config, "disttrain")
    {
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Workers_that_do_their_shares_come_to_the_reference_weights(int slices)
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices, workers: 2);

        RunResult result = run.WorkToTheEnd(0, 1);

        result.Outcome.ShouldBe(RunOutcome.Completed, result.Cause);
        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
        result.WorkersLost.ShouldBe(0);
    }

    [Fact]
    public void The_ranges_of_a_lost_worker_go_to_another()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 2, workers: 2);
        HeldVersion held = run.Node.NextVersion();
        run.Contribute(held, 0);

        Sys.Stop(run.Workers[1].Ref);
        run.Node.Log.WaitFor("worker 1 (probe 2) is gone");

        Recompute asked = run.NextRecompute(worker: 0);
        asked.Step.ShouldBe(0);
        asked.Nodes.ShouldBe(run.Node.ShareOf(held, 1));
        foreach (TreeNode node in asked.Nodes)
        {
            run.Node.Contribute(held, node, worker: 0);
        }

        RunResult result = run.WorkToTheEnd(0);
        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
        result.WorkersLost.ShouldBe(1);
        run.Watcher.Events.OfType<WorkRecomputed>().First().By.ShouldBe(new WorkerId(0));
    }

    [Fact]
    public void A_straggler_is_duplicated_and_its_late_result_ignored()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 2, workers: 2);
        HeldVersion held = run.Node.NextVersion();
        run.Contribute(held, 0);

        Recompute asked = run.NextRecompute(worker: 0);
        asked.Nodes.ShouldBeSubsetOf(run.Node.ShareOf(held, 1));
        run.Watcher.Events.OfType<WorkDuplicated>().First().Step.ShouldBe(0);
        foreach (TreeNode node in run.Node.ShareOf(held, 1))
        {
            run.Node.Contribute(held, node, worker: 0);
        }

        HeldVersion next = run.Node.NextVersion();
        next.Version.ShouldBe(1);
        run.Contribute(held, 1); // late
        run.Node.Publications.HasMessages.ShouldBeFalse();
        run.Contribute(next, 0, 1);
        RunResult result = run.WorkToTheEnd(0, 1);

        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
        result.WorkersLost.ShouldBe(0, "it is slow, and not lost");
    }

    [Fact]
    public void A_straggler_whose_result_comes_beside_its_double_s_is_counted_once()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 2, workers: 3);
        HeldVersion held = run.Node.NextVersion();
        run.Contribute(held, 0);
        run.NextRecompute(worker: 0);

        // What the straggler sends is there twice before the step is complete.
        run.Contribute(held, 1, 1);
        run.Contribute(held, 2);
        RunResult result = run.WorkToTheEnd(0, 1, 2);

        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
    }
}
