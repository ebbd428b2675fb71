using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>The promise, over real connections: weights depend on recipe and data alone.</summary>
public sealed class SameBitsTests
{
    private static readonly Recipe Wide = TinyTasks.Golden with
    {
        Layers = [new LayerRecipe(7_000, Activation.Relu), new LayerRecipe(10, Activation.Softmax)],
        BatchSize = 32,
        Epochs = 2,
        ClipNorm = null,
    };

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

    [Fact]
    public void A_head_whose_threads_share_the_updates_gives_the_reference_weights()
    {
        TrainingTask task = TinyTasks.Make(Wide, training: 100, validation: 0, test: 0);
        task.Layout.Count.ShouldBeGreaterThan(2 * SliceActors.SmallParameters);
        var watcher = new Watcher();
        using NodeCluster cluster = new NodeCluster()
            .StartHead(task, new RunOptions { Workers = 2, Threads = 2 }, observer: watcher)
            .AddWorkers(2);

        cluster.Completed(TinyTasks.HashOf(task));
        watcher.Start!.Slices.ShouldBe(1);
        watcher.Start.Threads.ShouldBe(Math.Min(2, Environment.ProcessorCount));
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
