namespace DistTrain.Engine.Akka.Tests;

/// <summary>The promise, on Akka.NET: weights depend on recipe and data alone.</summary>
public sealed class SameBitsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(5, 3)]
    public void Workers_on_nodes_of_their_own_give_the_reference_weights(int workers, int slices)
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, new RunOptions
            {
                Workers = workers,
                ParameterServers = slices,
            })
            .AddWorkers(workers);

        cluster.Completed(TinyTasks.GoldenHash);
        cluster.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void Slices_on_nodes_of_their_own_give_the_reference_weights(int servers, int slices)
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(
                TinyTasks.GoldenTask, new RunOptions { Workers = 2, ParameterServers = slices },
                parameterServers: servers)
            .AddParameterServers(servers)
            .AddWorkers(2);

        cluster.Completed(TinyTasks.GoldenHash);
    }
}
