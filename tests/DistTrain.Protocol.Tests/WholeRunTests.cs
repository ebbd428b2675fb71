namespace DistTrain.Protocol.Tests;

/// <summary>Whole runs of all roles against the plain loop.</summary>
public sealed class WholeRunTests
{
    private static readonly Judge Improving = _ => (true, false);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(8, 1)]
    [InlineData(13, 2)]
    [InlineData(20, 3)]
    public void Any_number_of_workers_and_slices_gives_the_plain_loops_result(
        int workers, int slices)
    {
        RunPlan plan = Plans.Small with { Slices = slices };

        TestCluster cluster = new TestCluster(plan, workers).Run();

        cluster.ShouldEqual(Oracle.Run(plan, Improving));
        cluster.Disk.Saved.Keys.ShouldBe([4, 8, 12]);
        cluster.Engine.Evaluations.Select(e => (e.Set, e.Version)).ShouldBe([
            (EvaluationSet.Validation, 4), (EvaluationSet.Validation, 8),
            (EvaluationSet.Validation, 12), (EvaluationSet.Test, 12)]);
        cluster.Events.OfType<EpochFinished>().Select(e => (e.Epoch, e.Stopping))
            .ShouldBe([(1, false), (2, false), (3, true)]);
    }

    [Fact]
    public void Messages_in_any_order_give_the_plain_loops_result()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            Judge judge = Plans.RandomJudge(seed);

            TestCluster cluster = Named(seed, () =>
                new TestCluster(plan, random.Next(1, 10), seed, judge).Run());

            Named(seed, () => cluster.ShouldEqual(Oracle.Run(plan, judge)));
        }
    }

    [Fact]
    public void Early_stopping_ends_on_the_best_epochs_parameters()
    {
        RunPlan plan = Plans.Small with { Epochs = 9, RestoresBest = true };
        Judge judge = epoch => (epoch <= 2, epoch == 5);

        TestCluster cluster = new TestCluster(plan, 3).Run();
        TestCluster stopped = new TestCluster(plan, 3, judge: judge).Run();

        cluster.End!.Version.ShouldBe(36);
        stopped.End!.Version.ShouldBe(8);
        stopped.ShouldEqual(Oracle.Run(plan, judge));
        stopped.Engine.Evaluations[^1].Version.ShouldBe(8, "the test set is for the best");
        stopped.Disk.Saved.Keys.Last().ShouldBe(20, "the last checkpoint is of the last epoch");
    }

    [Fact]
    public void Without_a_validation_set_epochs_are_judged_all_the_same()
    {
        RunPlan plan = Plans.Small with { ValidationMicrobatches = 0 };
        Judge judge = epoch => (true, epoch == 2);

        TestCluster cluster = new TestCluster(plan, 2, judge: judge).Run();

        cluster.ShouldEqual(Oracle.Run(plan, judge));
        cluster.End!.Version.ShouldBe(8);
    }

    [Fact]
    public void Checkpoints_come_within_an_epoch_and_at_its_end()
    {
        RunPlan plan = Plans.Small with { CheckpointEverySteps = 3 };

        TestCluster cluster = new TestCluster(plan, 2, orderSeed: 1).Run();

        cluster.Disk.Saved.Keys.ShouldBe([3, 4, 6, 8, 9, 12]);
        cluster.Events.OfType<CheckpointWritten>().Select(e => e.Version)
            .ShouldBe([3, 4, 6, 8, 9, 12]);
    }

    [Fact]
    public void A_run_waits_for_its_minimum_of_workers()
    {
        var cluster = new TestCluster(Plans.Small, workers: 2, minWorkers: 3)
        {
            BeforeDelivery = c =>
            {
                if (c.Delivered == 1)
                {
                    c.Join(7);
                }
            },
        };

        cluster.Run().ShouldEqual(Oracle.Run(Plans.Small, Improving));

        Should.Throw<ShouldAssertException>(
            () => new TestCluster(Plans.Small, workers: 2, minWorkers: 3).Run());
    }

    [Fact]
    public void A_full_disk_costs_a_checkpoint_but_not_the_run_until_its_end()
    {
        RunPlan plan = Plans.Small with { CheckpointEverySteps = 3 };
        var cluster = new TestCluster(plan, 2);
        cluster.Engine.DiskIsFull = version => version is 4 or 6;
        cluster.Run().ShouldEqual(Oracle.Run(plan, Improving));
        cluster.Disk.Saved.Keys.ShouldBe([3, 8, 9, 12]);
        cluster.Events.OfType<CheckpointSkipped>().Select(e => e.Version).ShouldBe([4, 6]);

        var atTheEnd = new TestCluster(plan, 2);
        atTheEnd.Engine.DiskIsFull = version => version == 12;
        atTheEnd.Run().End!.Outcome.ShouldBe(RunOutcome.Failed);
        atTheEnd.End!.Cause.ShouldBe("the checkpoint of step 12 could not be written: disk full");
    }

    [Fact]
    public void An_update_that_is_not_finite_ends_the_run_and_leaves_the_last_checkpoint()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var cluster = new TestCluster(
                Plans.Small with { CheckpointEverySteps = 3, ClipsGlobalNorm = seed % 2 == 0 },
                3, seed);
            cluster.Engine.IsNotFinite = step => step == 9;

            Named(seed, () => cluster.Run());

            cluster.End.ShouldBe(new EndRun(RunOutcome.Failed, 9, "not finite"));
            cluster.Disk.Saved.Keys.ShouldBe([3, 4, 6, 8, 9]);
        }
    }

    internal static T Named<T>(int seed, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
        }
    }

    internal static void Named(int seed, Action run) => Named(seed, () =>
    {
        run();
        return true;
    });
}
