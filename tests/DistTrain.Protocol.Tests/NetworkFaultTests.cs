namespace DistTrain.Protocol.Tests;

/// <summary>Messages lost, doubled, late and in any order; slices and coordinators that die and
/// come back: the same bits, and an end.</summary>
public sealed class NetworkFaultTests
{
    private sealed class Faults(int seed)
    {
        private readonly Random _random = new(seed * 7 + 1);
        private readonly Queue<int> _dead = new();

        public int Workers { get; set; }

        public int Slices { get; set; }

        public int Coordinators { get; set; }

        public double Rate { get; init; } = 0.01;

        /// <summary>Before each delivery: perhaps one fault.</summary>
        public void Inject(TestCluster cluster)
        {
            double dice = _random.NextDouble();
            if (dice < Rate && Workers > 0 && cluster.Alive.Count > 0)
            {
                Workers--;
                int victim = cluster.Alive.ElementAt(_random.Next(cluster.Alive.Count));
                cluster.Kill(victim, _random);
                _dead.Enqueue(victim);
            }
            else if (dice < 2 * Rate && _dead.Count > 0)
            {
                cluster.Join(_dead.Dequeue());
            }
            else if (dice < 3 * Rate && Slices > 0)
            {
                Slices--;
                cluster.CrashSlice(
                    _random.Next(cluster.SliceCount), _random, isNoticed: _random.Next(2) == 0);
            }
            else if (dice < 4 * Rate && Coordinators > 0)
            {
                Coordinators--;
                cluster.CrashCoordinator(_random);
            }
        }

        public static void JoinOne(TestCluster cluster) => cluster.Join(1000 + (int)cluster.Delivered);
    }

    private static void RunSeeds(int from, int to, Func<int, Faults> faultsOf, double losses)
    {
        for (int seed = from; seed < to; seed++)
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
            });
        }
    }

    [Fact]
    public void Lost_and_doubled_messages_change_no_bit() =>
        RunSeeds(0, 200, seed => new Faults(seed), losses: 0.1);

    [Fact]
    public void Lost_workers_and_messages_change_no_bit() =>
        RunSeeds(0, 200, seed => new Faults(seed) { Workers = 6 }, losses: 0.1);

    [Fact]
    public void A_lost_slice_takes_all_back_to_the_newest_checkpoint() =>
        RunSeeds(0, 200, seed => new Faults(seed) { Slices = 3 }, losses: 0);

    [Fact]
    public void Another_coordinator_goes_on_wherever_the_run_was() =>
        RunSeeds(0, 300, seed => new Faults(seed) { Coordinators = 4 }, losses: 0);

    [Fact]
    public void Any_losses_at_once_change_no_bit() => RunSeeds(
        0, 300,
        seed => new Faults(seed) { Workers = 5, Slices = 3, Coordinators = 3 },
        losses: 0.08);
}
