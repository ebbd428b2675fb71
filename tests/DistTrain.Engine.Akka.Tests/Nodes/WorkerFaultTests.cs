using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Workers that fail, leave, come and die: the bits stay.</summary>
public sealed class WorkerFaultTests
{
    private static readonly RunOptions Two = new() { Workers = 2, ParameterServers = 2 };

    [Fact]
    public void A_worker_that_throws_is_restarted_and_changes_no_bit()
    {
        int left = 2;
        var watcher = new Watcher();
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Two, observer: watcher)
            .AddWorkers(2, hooks: FailingIn(12, () => Interlocked.Decrement(ref left) >= 0));

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(2);
        watcher.Events.OfType<WorkerLeftRun>().First().Cause.ShouldContain("a bad sector");
    }

    [Fact]
    public void The_third_failure_of_a_step_ends_the_run_with_its_cause()
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Two)
            .AddWorkers(2, hooks: FailingIn(12, () => true));
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("step 12");
        result.Cause!.ShouldContain("a bad sector");
        result.Failure.ShouldBeNull();
        result.Version.ShouldBe(12);
    }

    [Fact]
    public void A_worker_that_leaves_in_order_is_let_go_and_is_not_lost()
    {
        // The other one is slow until it has left: it is let go when no step under way names it.
        using var leave = new CancellationTokenSource();
        AkkaCluster? cluster = null;
        var watcher = new Watcher();
        using AkkaCluster all = cluster = new AkkaCluster();
        cluster.AddHead(TinyTasks.GoldenTask, Two with { MinWorkers = 2 }, observer: watcher)
            .AddWorkers(1, new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step >= 12)
                    {
                        leave.Cancel();
                        cluster.Log.TryWaitFor("is gone: it was asked", TimeSpan.FromSeconds(0.1));
                    }
                },
            })
            .AddWorkers(1, stop: leave.Token);
        RunResult result = cluster.Completed(TinyTasks.GoldenHash);

        result.WorkersLost.ShouldBe(0);
        cluster.OutcomeOf(1).ShouldBe(NodeOutcome.Left);
        watcher.Events.OfType<WorkerLeftRun>().Count().ShouldBe(1);
    }

    [Fact]
    public void A_worker_that_joins_in_the_middle_computes_with_the_others()
    {
        long first = -1;
        bool isAdded = false;
        AkkaCluster? cluster = null;
        using AkkaCluster all = cluster = new AkkaCluster();
        var watcher = new Watcher();
        cluster.AddHead(TinyTasks.GoldenTask, Two, observer: watcher)
            .AddWorkers(1, new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step == 8 && !isAdded)
                    {
                        isAdded = true;
                        cluster.AddWorkers(1, hooks: new EngineHooks
                        {
                            BeforeGradient = (_, at, _) =>
                                Interlocked.CompareExchange(ref first, at, -1),
                        });
                        cluster.Log.WaitFor(") is ready", times: 3); // the head, and both
                    }
                },
            });

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(0);
        watcher.Events.OfType<WorkerJoinedRun>().ShouldNotBeEmpty();
        first.ShouldBeInRange(8, 29);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_worker_that_is_gone_without_a_word_is_missed_and_may_come_back(bool comesBack)
    {
        bool isGone = false;
        AkkaCluster? cluster = null;
        using AkkaCluster all = cluster = new AkkaCluster();
        cluster.AddHead(TinyTasks.GoldenTask, Two with { MinWorkers = 2 })
            .AddWorkers(1, new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step != 12 || isGone)
                    {
                        return;
                    }

                    isGone = true;
                    if (comesBack)
                    {
                        cluster.GiveUp(1);
                        cluster.Log.WaitFor("(node 1) is ready", times: 2);
                    }
                    else
                    {
                        cluster.Kill(1);
                        cluster.Log.WaitFor("(node 1) is gone");
                    }
                },
            })
            .AddWorkers(1);
        RunResult result = cluster.Result();

        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash, $"{result.Cause}\n{cluster.Log}");
        result.WorkersLost.ShouldBe(1);
        cluster.OutcomeOf(1).ShouldBe(comesBack ? NodeOutcome.RunOver : NodeOutcome.Left);
    }

    [Fact]
    public void Workers_beyond_the_units_of_a_step_idle()
    {
        var watcher = new Watcher();
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(
                TinyTasks.Make(
                    TinyTasks.Golden with { BatchSize = 32, Epochs = 1 }, 64, 0, 0),
                Two with { Workers = 4, MinWorkers = 4 }, observer: watcher)
            .AddWorkers(4);

        cluster.Result().Outcome.ShouldBe(RunOutcome.Completed);
        watcher.Start!.IdleWorkers.ShouldBe(2);
    }

    private static EngineHooks FailingIn(long failing, Func<bool> fails) => new()
    {
        BeforeGradient = (_, step, _) =>
        {
            if (step == failing && fails())
            {
                throw new InvalidOperationException("a bad sector");
            }
        },
    };
}
