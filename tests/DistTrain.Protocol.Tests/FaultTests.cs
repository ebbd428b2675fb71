namespace DistTrain.Protocol.Tests;

/// <summary>Whatever happens to workers, and whenever the run is stopped: the same bits.</summary>
public sealed class FaultTests
{
    private static readonly Judge Improving = _ => (true, false);

    /// <summary>Kills and rejoins workers at random deliveries, at most this many kills.
    /// </summary>
    private static Action<TestCluster> Chaos(int seed, int kills, double rate)
    {
        var random = new Random(seed);
        var dead = new Queue<int>();
        return cluster =>
        {
            if (kills > 0 && cluster.Alive.Count > 0 && random.NextDouble() < rate)
            {
                kills--;
                int victim = cluster.Alive.ElementAt(random.Next(cluster.Alive.Count));
                cluster.Kill(victim, random);
                dead.Enqueue(victim);
            }

            if (dead.Count > 0 && random.NextDouble() < rate / 2)
            {
                cluster.Join(dead.Dequeue());
            }
        };
    }

    /// <summary>With all dead and nothing under way, only a join lets the run go on.</summary>
    private static void JoinOne(TestCluster cluster)
    {
        cluster.Alive.ShouldBeEmpty();
        cluster.Join(1000 + (int)cluster.Delivered);
    }

    [Fact]
    public void Lost_and_rejoining_workers_change_no_bit()
    {
        long lost = 0;
        long recomputed = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            Judge judge = Plans.RandomJudge(seed);
            int? order = seed % 4 == 0 ? null : seed;

            WholeRunTests.Named(seed, () =>
            {
                var cluster = new TestCluster(plan, random.Next(1, 9), order, judge)
                {
                    BeforeDelivery = Chaos(seed, kills: 8, rate: 0.03),
                    WhenIdle = JoinOne,
                };
                cluster.Run().ShouldEqual(Oracle.Run(plan, judge));
                lost += cluster.Events.OfType<WorkerLeftRun>().Count();
                recomputed += cluster.Events.OfType<WorkRecomputed>().Count();
            });
        }

        // The runs are not trivial ones.
        lost.ShouldBeGreaterThan(1500);
        recomputed.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void A_stopped_run_saves_and_goes_on_to_the_same_bits()
    {
        var stoppedAt = new HashSet<long>();
        int interrupted = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            Judge judge = Plans.RandomJudge(seed);
            int when = random.Next(1, 250);
            bool withLosses = random.Next(2) == 0;
            WholeRunTests.Named(seed, () =>
            {
                var first = new TestCluster(plan, random.Next(1, 6), seed, judge);
                Action<TestCluster> chaos = Chaos(seed, kills: withLosses ? 3 : 0, rate: 0.02);
                first.BeforeDelivery = c =>
                {
                    if (c.Delivered == when || c.Delivered == when + 9)
                    {
                        c.Stop();
                    }

                    chaos(c);
                };
                first.WhenIdle = JoinOne;
                first.Run();
                if (first.End!.Outcome == RunOutcome.Interrupted)
                {
                    interrupted++;
                    stoppedAt.Add(first.End.Version);
                    bool isSaved = first.Disk.Saved.ContainsKey(first.End.Version);
                    (isSaved || first.End.Cause == "stopped before the first step"
                        || plan.RestoresBest).ShouldBeTrue();
                }

                var second = new TestCluster(
                    plan with { CheckpointEverySteps = random.Next(0, 4) }, random.Next(1, 6),
                    seed, judge, first.Disk);
                second.Run().ShouldEqual(Oracle.Run(plan, judge));
            });
        }

        interrupted.ShouldBeGreaterThan(300);
        stoppedAt.Count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Computing_that_throws_now_and_then_changes_no_bit()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random);
            var cluster = new TestCluster(plan, random.Next(1, 6), seed);
            var left = new Dictionary<long, int>();
            cluster.Engine.Throws = (step, _) =>
            {
                int failed = left.GetValueOrDefault(step);
                left[step] = failed + 1;
                return failed < 2 && random.Next(5) == 0;
            };

            WholeRunTests.Named(seed, () =>
                cluster.Run().ShouldEqual(Oracle.Run(plan, Improving)));
        }
    }

    [Fact]
    public void The_third_failure_on_a_step_ends_the_run_with_a_checkpoint_and_the_cause()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var cluster = new TestCluster(Plans.Small, 1 + seed % 4, seed);
            cluster.Engine.Throws = (step, _) => step == 6;

            WholeRunTests.Named(seed, () => cluster.Run());

            cluster.End!.Outcome.ShouldBe(RunOutcome.Failed);
            cluster.End.Version.ShouldBe(6);
            cluster.End.Cause!.ShouldStartWith("computing step 6 failed 3 times; the last time");
            cluster.Disk.Saved.Keys.ShouldBe([4, 6]);
        }
    }

    [Fact]
    public void An_evaluation_that_keeps_failing_ends_the_run_with_a_checkpoint()
    {
        // At version 4 both the gradient of step 4 and the evaluation of epoch 1 throw.
        for (int seed = 0; seed < 100; seed++)
        {
            var cluster = new TestCluster(Plans.Small, 1 + seed % 4, seed);
            cluster.Engine.Throws = (step, _) => step == 4;
            WholeRunTests.Named(seed, () => cluster.Run());
            cluster.End!.Outcome.ShouldBe(RunOutcome.Failed);
            cluster.Disk.Saved.Keys.ShouldBe([4]);

            var resumed = new TestCluster(Plans.Small, 2, seed, resumeFrom: cluster.Disk);
            resumed.Run().ShouldEqual(Oracle.Run(Plans.Small, Improving));
        }
    }

    [Fact]
    public void A_run_without_workers_waits_for_one_to_join()
    {
        var cluster = new TestCluster(Plans.Small, 1);
        cluster.BeforeDelivery = c =>
        {
            if (c.Delivered == 40)
            {
                c.Kill(0);
            }

        };
        cluster.WhenIdle = c =>
        {
            c.Join(0);
            c.Join(1);
        };

        cluster.Run().ShouldEqual(Oracle.Run(Plans.Small, Improving));
        cluster.Events.OfType<WorkerLeftRun>().ShouldHaveSingleItem().Workers.ShouldBe(0);
    }
}
