namespace DistTrain.Engine.Akka.Tests;

public sealed class DiscoveryTests
{
    [Fact]
    public void Nodes_that_find_their_seeds_late_join_all_the_same()
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, new RunOptions { Workers = 1 });
        var found = new LateDiscovery(cluster.Seed);
        cluster.AddWorkers(1, discovery: found);

        cluster.Completed(TinyTasks.GoldenHash);
        found.Asked.ShouldBe(2);
    }

    [Fact]
    public void A_name_stands_for_all_its_addresses_in_one_order()
    {
        IReadOnlyList<string> found =
            new DnsSeedDiscovery("localhost", 7400).Find(CancellationToken.None);

        found.ShouldContain("127.0.0.1:7400");
        found.ShouldBe(found.Order(StringComparer.Ordinal));
        new DnsSeedDiscovery("nobody.invalid", 7400).Find(CancellationToken.None).ShouldBeEmpty();
    }

    private sealed class LateDiscovery(string seed) : ISeedDiscovery
    {
        public int Asked { get; private set; }

        public IReadOnlyList<string> Find(CancellationToken stop) => ++Asked == 1 ? [] : [seed];
    }
}
