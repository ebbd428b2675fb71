using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>The promise, over real connections: weights depend on recipe and data alone.</summary>
public sealed class SameBitsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(5, 3)]
    public void Workers_on_nodes_of_their_own_give_the_reference_weights(int workers, int slices)
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, new RunOptions
            {
                Workers = workers,
                ParameterServers = slices,
                Threads = 2,
            })
            .AddWorkers(workers);
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{cluster.Log}");
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
        cluster.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void Slices_on_nodes_of_their_own_give_the_reference_weights(int servers, int slices)
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(
                TinyTasks.GoldenTask,
                new RunOptions { Workers = 2, ParameterServers = slices, Threads = 2 },
                servers)
            .AddParameterServers(servers)
            .AddWorkers(2);
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Completed, $"{result.Cause}\n{cluster.Log}");
        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash);
    }
}
