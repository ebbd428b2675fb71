namespace DistTrain.Protocol.Tests;

/// <summary>Messages lost, doubled, late and in any order; slices and coordinators that die and
/// come back: the same bits, and an end.</summary>
public sealed class NetworkFaultTests
{
    /// <returns>What happened in all of them.</returns>
    private static List<RunEvent> RunSeeds(int seeds, Func<int, Faults> faultsOf, double losses)
    {
        var events = new List<RunEvent>();
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            Judge judge = Plans.RandomJudge(seed);
            Faults faults = faultsOf(seed);
            WholeRunTests.Named(seed, () =>
            {
                TestCluster cluster = new TestCluster(plan, random.Next(1, 7), seed, judge)
                {
                    BeforeDelivery = faults.Inject,
                    WhenIdle = Faults.JoinOne,
                }.WithNetwork(seed, losses, losses);
                cluster.Run(400_000).ShouldEqual(Oracle.Run(plan, judge));
                events.AddRange(cluster.Events);
            });
        }

        return events;
    }

    [Fact]
    public void Lost_and_doubled_messages_change_no_bit() =>
        RunSeeds(300, seed => new Faults(seed), losses: 0.15)
            .OfType<WorkDuplicated>().Count().ShouldBeGreaterThan(1000);

    [Fact]
    public void Lost_workers_and_messages_change_no_bit() =>
        RunSeeds(300, seed => new Faults(seed) { Workers = 6 }, losses: 0.1)
            .OfType<WorkerLeftRun>().Count().ShouldBeGreaterThan(300);

    [Fact]
    public void A_lost_slice_takes_all_back_to_the_newest_checkpoint() =>
        RunSeeds(400, seed => new Faults(seed) { Slices = 3 }, losses: 0)
            .OfType<RunRolledBack>().Count().ShouldBeGreaterThan(300);

    [Fact]
    public void Another_coordinator_goes_on_wherever_the_run_was() =>
        RunSeeds(400, seed => new Faults(seed) { Coordinators = 4 }, losses: 0)
            .OfType<CoordinatorTookOver>().Count().ShouldBeGreaterThan(300);

    [Fact]
    public void A_coordinator_that_does_not_know_of_its_successor_does_no_harm() =>
        RunSeeds(
            400, seed => new Faults(seed) { Splits = 2, Coordinators = 1, Slices = 1 },
            losses: 0.02)
            .OfType<CoordinatorTookOver>().Count().ShouldBeGreaterThan(300);

    [Fact]
    public void Workers_that_leave_in_order_are_let_go() =>
        RunSeeds(400, seed => new Faults(seed) { Leaves = 4, Workers = 2 }, losses: 0.05)
            .OfType<WorkerLeftRun>().Count(e => e.Cause == "asked to").ShouldBeGreaterThan(300);

    [Fact]
    public void Any_losses_at_once_change_no_bit()
    {
        List<RunEvent> events = RunSeeds(
            600,
            seed => new Faults(seed)
            {
                Workers = 10,
                Slices = 8,
                Coordinators = 8,
                Splits = 3,
                Leaves = 4,
                Rate = 0.02,
            },
            losses: 0.2);

        events.OfType<RunRolledBack>().Count().ShouldBeGreaterThan(600);
        events.OfType<CoordinatorTookOver>().Count().ShouldBeGreaterThan(600);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_read_is_passed_over_for_the_one_before()
    {
        int met = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            // Seldom enough that slices are lost after version 8 too, and not all before.
            var faults = new Faults(seed) { Slices = 4, Rate = 0.002 };
            TestCluster cluster = new TestCluster(Plans.Small, 3, seed)
            {
                BeforeDelivery = faults.Inject,
            }.WithNetwork(seed, 0.05, 0.05);
            cluster.Engine.IsDamaged = version =>
            {
                met += version == 8 ? 1 : 0;
                return version == 8;
            };

            WholeRunTests.Named(seed, () =>
                cluster.Run().ShouldEqual(Oracle.Run(Plans.Small, _ => (true, false))));
        }

        met.ShouldBeGreaterThan(0, "no slice was to be restored to version 8");
    }

    [Fact]
    public void An_update_that_throws_now_and_then_changes_no_bit()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            RunPlan plan = Plans.Random(new Random(seed));
            TestCluster cluster = new TestCluster(plan, 3, seed).WithNetwork(seed, 0.05, 0.05);
            var left = new Dictionary<long, int>();
            cluster.Engine.UpdateThrows = step =>
            {
                left[step] = left.GetValueOrDefault(step) + 1;
                return step % 3 == 1 && left[step] <= 2;
            };

            WholeRunTests.Named(seed, () =>
                cluster.Run().ShouldEqual(Oracle.Run(plan, _ => (true, false))));
        }
    }

    [Fact]
    public void A_run_stopped_under_faults_ends_and_goes_on_to_the_same_bits()
    {
        int interrupted = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            Judge judge = Plans.RandomJudge(seed);
            int when = random.Next(1, 400);
            var faults = new Faults(seed) { Workers = 2, Slices = 1, Coordinators = 1 };
            WholeRunTests.Named(seed, () =>
            {
                TestCluster first = new TestCluster(plan, 3, seed, judge)
                {
                    WhenIdle = Faults.JoinOne,
                    BeforeDelivery = c =>
                    {
                        faults.Inject(c);
                        if (c.Delivered >= when && (c.Delivered - when) % 100 == 0)
                        {
                            c.Stop();
                        }
                    },
                }.WithNetwork(seed, 0.05, 0.05);
                first.Run();
                first.End!.Outcome.ShouldBeOneOf(RunOutcome.Interrupted, RunOutcome.Completed);
                interrupted += first.End.Outcome == RunOutcome.Interrupted ? 1 : 0;

                var second = new TestCluster(plan, 2, seed, judge, first.Disk);
                second.Run().ShouldEqual(Oracle.Run(plan, judge));
            });
        }

        interrupted.ShouldBeGreaterThan(0, "no run was stopped before its end");
    }
}
