using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Nodes that come and go before and while the coordinator leads, and words that come
/// late.</summary>
public sealed class LeadershipTests : TestKit
{
    private static readonly Address Elsewhere = new("akka.tcp", "disttrain", "127.0.0.1", 1);

    public LeadershipTests()
        : base(VirtualTime.Config, "disttrain")
    {
    }

    [Fact]
    public void Slices_are_not_given_away_while_a_node_may_hold_them_whatever_workers_do()
    {
        using var run = new RunStage(
            this, StageTasks.FourSteps, slices: 1, workers: 1, others: Elsewhere);
        Sys.Stop(run.Workers[0].Ref);
        run.Node.Log.WaitFor("worker 0 (probe 1) is gone");
        this.PassTicks(100);
        run.Watcher.Start.ShouldBeNull("the other node has not said what it holds");

        run.Cluster.Nodes = [run.Node.Self];
        run.PassUntil(() => run.Watcher.Start is not null);
        run.JoinAgain(0);

        run.WorkToTheEnd(0).WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
    }

    [Fact]
    public void A_node_that_does_not_come_is_not_waited_for_for_ever()
    {
        using var run = new RunStage(
            this, StageTasks.FourSteps, slices: 1, workers: 1, others: Elsewhere);

        run.WorkToTheEnd(0).WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
    }

    [Fact]
    public void A_late_word_of_where_slices_were_takes_none_away()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 1, workers: 1);
        HeldVersion held = run.Node.NextVersion();

        NodePaths.Node(Sys, run.Node.Self).Tell(
            new SlicePlaces(1, [$"{Elsewhere}/user/node/slice-0-1"]));

        run.WorkToTheEnd(held, Contributed(run, held)).WeightsSha256
            .ShouldBe(StageTasks.FourStepsHash);
        run.Watcher.Events.OfType<RunRolledBack>().ShouldBeEmpty();
    }

    [Fact]
    public void Where_the_slices_are_is_said_again()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 1, workers: 1);
        run.Node.NextVersion();
        while (run.Workers[0].HasMessages)
        {
            run.Workers[0].ReceiveOne(TimeSpan.Zero);
        }

        this.PassTicks(60);

        run.Workers[0].FishForMessage<SlicePlaces>(_ => true).Addresses[0].ShouldContain("slice-0");
    }

    [Fact]
    public void That_a_slice_threw_is_said_until_it_begins_anew()
    {
        int throws = 0, said = 0;
        var begun = new ConcurrentQueue<SliceHosted>();
        var hooks = new EngineHooks
        {
            BeforeUpdate = (_, step) =>
            {
                if (step == 2 && Interlocked.Increment(ref throws) == 1)
                {
                    throw new InvariantException("a bad sector");
                }
            },
        };
        using var run = new RunStage(
            this, StageTasks.FourSteps, slices: 1, workers: 1, hooks,
            loses: message =>
            {
                if (message is SliceHosted hosted)
                {
                    begun.Enqueue(hosted);
                }

                return message is SliceThrew && Interlocked.Increment(ref said) <= 2;
            });

        RunResult result = run.WorkToTheEnd(0);
        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash, $"{result.Cause}");
        run.Watcher.Events.OfType<SliceLeftRun>().ShouldHaveSingleItem()
            .Cause.ShouldBe("a bad sector");
        said.ShouldBeGreaterThan(2);
        begun.Select(hosted => hosted.Slice).ShouldBe([new SliceId(0), new SliceId(0)]);
        begun.Last().Incarnation.ShouldBe(begun.First().Incarnation + 1, "each says it once");
    }

    [Fact]
    public void A_coordinator_stands_down_for_a_later_one_and_not_for_an_earlier_one()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 1, workers: 1);
        HeldVersion held = run.Node.NextVersion();
        TestProbe watch = CreateTestProbe();
        watch.Watch(run.Coordinator);
        Generation own = held.Basis.Generation;

        run.Coordinator.Tell(new GenerationHeard(
            new WorkerId(0), new Generation(own.Value + 5, own.Coordinator - 1)));
        run.PassUntil(() => run.Watcher.Events.OfType<CoordinatorTookOver>().Any());
        run.Coordinator.Tell(new GenerationHeard(
            new WorkerId(0), new Generation(own.Value + 50, own.Coordinator + 1)));

        watch.ExpectTerminated(run.Coordinator);
        run.Result.IsCompleted.ShouldBeFalse("the other one ends the run");
    }

    [Fact]
    public void A_process_that_comes_anew_is_lost_and_joins_under_its_number()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 1, workers: 2);
        HeldVersion held = run.Node.NextVersion();
        run.Contribute(held, 0);

        TestProbe again = run.JoinAgain(1);
        run.PassUntil(() => run.Node.Log.TryWaitFor("worker 1 (probe 2) is gone", TimeSpan.Zero));
        again.FishForMessage<SlicePlaces>(_ => true);

        RunResult result = run.WorkToTheEnd(held, 0, 1);
        result.WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
        result.WorkersLost.ShouldBe(1);
    }

    [Fact]
    public void A_process_that_comes_anew_stays_though_the_one_before_wanted_to_leave()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 1, workers: 2);
        HeldVersion held = run.Node.NextVersion();
        IActorRef before = run.Workers[1].Ref;
        TestProbe again = run.JoinAgain(1);
        run.PassUntil(() => run.Node.Log.TryWaitFor("worker 1 (probe 2) is gone", TimeSpan.Zero));
        again.FishForMessage<SlicePlaces>(_ => true);

        run.Coordinator.Tell(new WorkerLeaving(new WorkerId(1), "late"), before);

        run.WorkToTheEnd(held, 0, 1).WeightsSha256.ShouldBe(StageTasks.FourStepsHash);
        run.Watcher.Events.OfType<WorkerLeftRun>().ShouldNotContain(left => left.Cause == "late");
    }

    [Fact]
    public void A_stop_finishes_the_step_and_interrupts_the_run()
    {
        using var run = new RunStage(this, StageTasks.FourSteps, slices: 2, workers: 1);
        HeldVersion held = run.Node.NextVersion();
        run.Contribute(held, 0);
        run.Coordinator.Tell(new StopRun());

        RunResult result = run.WorkToTheEnd(0);
        result.Outcome.ShouldBe(RunOutcome.Interrupted, result.Cause);
        result.Version.ShouldBeInRange(1, 2);
    }

    private static int[] Contributed(RunStage run, HeldVersion held)
    {
        run.Contribute(held, 0);
        return [0];
    }
}
