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
        int left = -1;
        void Leave(int head, long step)
        {
            if (step >= 12 && Interlocked.CompareExchange(ref left, head, -1) == -1)
            {
                all!.Leave(head);
            }
        }

        using AkkaCluster cluster = all = new AkkaCluster();
        for (int i = 0; i < 3; i++)
        {
            int head = i;
            cluster.AddHead(
                TinyTasks.GoldenTask, OptionsOf(head), heads: 3,
                observer: new Watcher { AtStep = step => Leave(head, step) });
        }

        cluster.AddWorkers(2, hooks: Slow);

        foreach (int head in Enumerable.Range(0, 3))
        {
            cluster.Result(head); // all have ended
        }

        left.ShouldBeInRange(0, 2, $"{cluster.Log}");
        cluster.Result(left).Outcome.ShouldBe(RunOutcome.Interrupted);
        foreach (int head in Enumerable.Range(0, 3).Where(head => head != left))
        {
            cluster.Completed(TinyTasks.GoldenHash, head).Test.ShouldNotBeNull();
        }
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
