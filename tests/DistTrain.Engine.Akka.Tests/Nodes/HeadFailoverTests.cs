using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Heads that leave in the middle of a run: another one leads, and the bits stay.
/// </summary>
public sealed class HeadFailoverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void When_the_leading_head_leaves_another_one_ends_the_run_with_the_same_weights()
    {
        AkkaCluster? all = null;
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (step is >= 14 and < 20)
                {
                    all!.Leave(0);
                }
            },
        };
        using AkkaCluster cluster = all = new AkkaCluster();
        cluster.AddHead(TinyTasks.GoldenTask, OptionsOf(0), heads: 3, observer: watcher);
        for (int head = 1; head < 3; head++)
        {
            cluster.AddHead(TinyTasks.GoldenTask, OptionsOf(head), heads: 3);
        }

        cluster.AddWorkers(2, hooks: Slow);

        cluster.Completed(TinyTasks.GoldenHash, head: 1).Test.ShouldNotBeNull();
        cluster.Completed(TinyTasks.GoldenHash, head: 2);
        cluster.Result(head: 0).Outcome.ShouldBe(RunOutcome.Interrupted, $"{string.Join(" ", watcher.Steps)}\n{cluster.Log}");
    }

    /// <summary>A run of a few seconds, so that there is a middle.</summary>
    private static EngineHooks Slow { get; } = new()
    {
        BeforeGradient = (_, _, _) => Thread.Sleep(30),
    };

    private RunOptions OptionsOf(int head) => new()
    {
        Workers = 2,
        ParameterServers = 2,
        CheckpointEverySteps = 5,
        OutFolder = _folder.File($"head-{head}"),
    };
}
