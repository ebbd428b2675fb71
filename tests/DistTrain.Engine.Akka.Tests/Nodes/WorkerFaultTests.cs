using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Workers that come, die, come back and idle: the bits stay.</summary>
public sealed class WorkerFaultTests
{
    private static readonly RunOptions Two = new() { Workers = 2, ParameterServers = 2 };

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
}
