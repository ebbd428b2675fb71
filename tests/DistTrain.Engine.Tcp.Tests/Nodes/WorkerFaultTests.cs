using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Workers that fail, leave, come and idle: the bits stay.</summary>
public sealed class WorkerFaultTests
{
    private static readonly RunOptions Two =
        new() { Workers = 2, ParameterServers = 2, Threads = 2 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_worker_that_throws_is_restarted_and_changes_no_bit(int times)
    {
        int left = times;
        var watcher = new Watcher();
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, Two, observer: watcher)
            .AddWorkers(2, hooks: FailingIn(12, () => Interlocked.Decrement(ref left) >= 0));

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(times);
        watcher.Events.OfType<WorkerLeftRun>().First().Cause.ShouldContain("a bad sector");
    }

    [Fact]
    public void The_third_failure_of_a_step_ends_the_run_with_its_cause()
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, Two)
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
        NodeCluster? cluster = null;
        var watcher = new Watcher { AtStep = step => Ask(step) };
        void Ask(long step)
        {
            if (step == 12)
            {
                leave.Cancel();
            }
        }

        using NodeCluster all = cluster = new NodeCluster();
        cluster.StartHead(TinyTasks.GoldenTask, Two with { MinWorkers = 2 }, observer: watcher)
            .AddWorkers(1, new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step >= 12)
                    {
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
        NodeCluster? cluster = null;
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (step == 8)
                {
                    cluster!.AddWorkers(1, hooks: new EngineHooks
                    {
                        BeforeGradient = (_, at, _) =>
                            Interlocked.CompareExchange(ref first, at, -1),
                    });
                    cluster.Log.WaitFor("is ready", times: 2);
                }
            },
        };
        using NodeCluster all = cluster = new NodeCluster();
        cluster.StartHead(TinyTasks.GoldenTask, Two, observer: watcher).AddWorkers(1);

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(0);
        watcher.Events.OfType<WorkerJoinedRun>().ShouldNotBeEmpty();
        first.ShouldBeInRange(8, 29);
    }

    [Fact]
    public void A_worker_that_is_cut_off_comes_back_and_changes_no_bit()
    {
        using var relay = new Relay();
        NodeCluster? cluster = null;
        var watcher = new Watcher
        {
            AtStep = step =>
            {
                if (step == 12)
                {
                    relay.DropAll();
                    cluster!.Log.WaitFor("is ready", times: 2);
                }
            },
        };
        using NodeCluster all = cluster = new NodeCluster(relay);
        cluster.StartHead(
            TinyTasks.GoldenTask, Two with { Workers = 1, ParameterServers = 1 },
            observer: watcher);
        cluster.AddWorkers(1);
        RunResult result = cluster.Completed(TinyTasks.GoldenHash);

        result.WorkersLost.ShouldBe(1);
        cluster.Log.Lines.Count(line => line.Contains("worker 0 (node 0) is ready"))
            .ShouldBe(2, "it keeps its number");
    }

    [Fact]
    public void Workers_beyond_the_units_of_a_step_idle()
    {
        var watcher = new Watcher();
        using NodeCluster cluster = new NodeCluster()
            .StartHead(
                TinyTasks.GoldenTask, Two with { Workers = 15, MinWorkers = 15 },
                observer: watcher)
            .AddWorkers(15);

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(0);
        watcher.Start!.IdleWorkers.ShouldBe(2);
    }

    [Fact]
    public void A_gradient_that_takes_longer_than_the_failure_timeout_is_no_silence()
    {
        using var never = new ManualResetEventSlim();
        using NodeCluster cluster = new NodeCluster { FailureTimeout = TimeSpan.FromSeconds(0.8) }
            .StartHead(TinyTasks.GoldenTask, Two with { Workers = 1 })
            .AddWorkers(1, hooks: new EngineHooks
            {
                BeforeGradient = (_, step, node) =>
                {
                    if (step == 3 && node.Start == 0)
                    {
                        never.Wait(TimeSpan.FromSeconds(2)); // what it stands for takes time
                    }
                },
            });

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(0);
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
