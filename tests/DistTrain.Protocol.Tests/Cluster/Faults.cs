namespace DistTrain.Protocol.Tests;

/// <summary>Faults drawn from a seed, at most so many of each kind.</summary>
internal sealed class Faults(int seed)
{
    private readonly Random _random = new(seed * 7 + 1);
    private readonly Queue<int> _dead = new();

    public int Workers { get; set; }

    public int Slices { get; set; }

    public int Coordinators { get; set; }

    /// <summary>Coordinators that are replaced and do not know it.</summary>
    public int Splits { get; set; }

    /// <summary>Workers that leave in order.</summary>
    public int Leaves { get; set; }

    public double Rate { get; init; } = 0.01;

    /// <summary>Before each delivery: perhaps one fault.</summary>
    public void Inject(TestCluster cluster)
    {
        double dice = _random.NextDouble();
        if (cluster.Alive.Count == 0 && dice < Rate)
        {
            JoinOne(cluster);
        }

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
        else if (dice < 5 * Rate && Splits > 0)
        {
            Splits--;
            cluster.SplitCoordinator(_random);
        }
        else if (dice < 6 * Rate && Leaves > 0 && cluster.Alive.Count > 0)
        {
            Leaves--;
            cluster.Leave(cluster.Alive.ElementAt(_random.Next(cluster.Alive.Count)));
        }
    }

    public static void JoinOne(TestCluster cluster) =>
        cluster.Join(1000 + (int)cluster.Delivered);
}
