namespace DistTrain.Protocol.Tests;

/// <summary>Whole runs on gradients that may be stale: no bits to compare, but an end, the bound,
/// and each microbatch once in each update of each slice (<see cref="StalenessCheck"/>).</summary>
public sealed class StaleRunTests
{
    /// <returns>Gradients applied, by how many versions they were behind.</returns>
    private static SortedDictionary<long, int> RunSeeds(
        int staleness, int seeds, Func<int, Faults>? faultsOf = null, double losses = 0)
    {
        var applied = new SortedDictionary<long, int>();
        for (int seed = 0; seed < seeds; seed++)
        {
            WholeRunTests.Named(seed, () =>
            {
                foreach ((long behind, int count) in Run(staleness, seed, faultsOf, losses))
                {
                    applied[behind] = applied.GetValueOrDefault(behind) + count;
                }
            });
        }

        return applied;
    }

    private static SortedDictionary<long, int> Run(
        int staleness, int seed, Func<int, Faults>? faultsOf, double losses)
    {
        var random = new Random(seed);
        RunPlan plan = Plans.Random(random) with
        {
            StepsPerEpoch = random.Next(1, 12),
            Staleness = staleness,
        };
        Judge judge = Plans.RandomJudge(seed);
        var cluster = new TestCluster(plan, random.Next(1, 7), seed, judge);
        if (faultsOf is not null)
        {
            cluster.BeforeDelivery = faultsOf(seed).Inject;
            cluster.WhenIdle = Faults.JoinOne;
            cluster.WithNetwork(seed, losses, losses);
        }

        cluster.Run(400_000);

        (long version, _) = Oracle.Run(plan, judge);
        cluster.End.ShouldBe(new EndRun(RunOutcome.Completed, version, null));
        cluster.Result.Version.ShouldBe(version);
        return cluster.Engine.Stale.Applied;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(RunPlan.MostStaleness)]
    public void Messages_in_any_order_keep_to_the_bound_and_use_it(int staleness)
    {
        SortedDictionary<long, int> applied = RunSeeds(staleness, seeds: 200);

        applied.Keys.Max().ShouldBe(Math.Min(staleness, 10), "epochs have 11 steps at most");
        applied.Where(a => a.Key > 0).Sum(a => a.Value).ShouldBeGreaterThan(applied[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(RunPlan.MostStaleness)]
    public void Any_losses_at_once_keep_to_the_bound(int staleness) => RunSeeds(
        staleness,
        seeds: 200,
        seed => new Faults(seed)
        {
            Workers = 10,
            Slices = 8,
            Coordinators = 8,
            Splits = 3,
            Leaves = 4,
            Rate = 0.02,
        },
        losses: 0.2)[1].ShouldBeGreaterThan(1000);

    [Theory]
    [InlineData(1)]
    [InlineData(RunPlan.MostStaleness)]
    public void Lost_workers_and_messages_keep_to_the_bound(int staleness) => RunSeeds(
        staleness, seeds: 200, seed => new Faults(seed) { Workers = 6, Leaves = 3 }, losses: 0.1)
        [1].ShouldBeGreaterThan(1000);

    [Fact]
    public void A_stopped_stale_run_saves_and_goes_on_to_its_end()
    {
        int interrupted = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            RunPlan plan = Plans.Random(random) with
            {
                StepsPerEpoch = 7,
                Staleness = 1 + seed % 4,
            };
            int when = random.Next(1, 400);
            WholeRunTests.Named(seed, () =>
            {
                var first = new TestCluster(plan, 3, seed)
                {
                    BeforeDelivery = c => StopAt(c, when),
                };
                first.Run();
                interrupted += first.End!.Outcome == RunOutcome.Interrupted ? 1 : 0;

                var second = new TestCluster(plan, 2, seed, resumeFrom: first.Disk);
                second.Run().Result.Version.ShouldBe(plan.TotalSteps);
            });
        }

        interrupted.ShouldBeGreaterThan(100);
    }

    private static void StopAt(TestCluster cluster, int when)
    {
        if (cluster.Delivered == when)
        {
            cluster.Stop();
        }
    }
}
