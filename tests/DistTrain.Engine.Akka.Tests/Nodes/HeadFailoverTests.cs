using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Heads that leave in the middle of a run: another one leads, and the bits stay.
/// </summary>
public sealed class HeadFailoverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_the_leading_head_leaves_another_one_ends_the_run_with_the_same_weights(
        bool workersComeFirst)
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
        void AddHead(int head) => cluster.AddHead(
            TinyTasks.GoldenTask, OptionsOf(head), heads: 3,
            observer: new Watcher { AtStep = step => Leave(head, step) });
        AddHead(0);
        if (workersComeFirst)
        {
            cluster.AddWorkers(2, hooks: SlowUntilAnotherLeads(cluster));
            cluster.Log.WaitFor("waiting for 2 more heads");
        }

        AddHead(1);
        AddHead(2);
        if (!workersComeFirst)
        {
            cluster.AddWorkers(2, hooks: SlowUntilAnotherLeads(cluster));
        }

        foreach (int head in Enumerable.Range(0, 3))
        {
            cluster.Result(head); // all have ended
        }

        left.ShouldBe(0, $"the first head is the oldest\n{cluster.Log}");
        cluster.Result(left).Outcome.ShouldBe(RunOutcome.Interrupted);
        foreach (int head in Enumerable.Range(0, 3).Where(head => head != left))
        {
            cluster.Completed(TinyTasks.GoldenHash, head).Test.ShouldNotBeNull();
        }
    }

    [Fact]
    public void Another_head_takes_over_from_slices_on_nodes_of_their_own_and_nothing_is_lost()
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
        Watcher[] watchers = [.. Enumerable.Range(0, 3).Select(
            head => new Watcher { AtStep = step => Leave(head, step) })];
        for (int i = 0; i < 3; i++)
        {
            cluster.AddHead(
                TinyTasks.GoldenTask, OptionsOf(i), heads: 3, parameterServers: 2,
                observer: watchers[i]);
        }

        cluster.AddParameterServers(2).AddWorkers(2, hooks: SlowUntilAnotherLeads(cluster));
        foreach (int head in Enumerable.Range(0, 3))
        {
            cluster.Result(head); // all have ended
        }

        left.ShouldBeInRange(0, 2, $"{cluster.Log}");
        foreach (int head in Enumerable.Range(0, 3).Where(head => head != left))
        {
            cluster.Completed(TinyTasks.GoldenHash, head);
        }

        RunEvent[] events = [.. watchers.SelectMany(watcher => watcher.Events)];
        string story = $"{string.Join('\n', events.Select(e => e.ToString()))}\n{cluster.Log}";
        events.OfType<CoordinatorTookOver>().Count().ShouldBe(1, story);
        events.OfType<RunRolledBack>().ShouldBeEmpty(story);
        events.OfType<WorkerLeftRun>().ShouldBeEmpty(story);
    }

    /// <summary>Steps from the twelfth on are slow until another head leads.</summary>
    private static EngineHooks SlowUntilAnotherLeads(AkkaCluster cluster) => new()
    {
        BeforeGradient = (_, step, _) =>
        {
            if (step >= 12)
            {
                cluster.Log.TryWaitFor("this head leads", TimeSpan.FromSeconds(0.3), times: 2);
            }
        },
    };

    private RunOptions OptionsOf(int head) => new()
    {
        Workers = 2,
        ParameterServers = 2,
        CheckpointEverySteps = 5,
        OutFolder = _folder.File($"head-{head}"),
    };
}
