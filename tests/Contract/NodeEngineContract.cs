using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>What engines promise besides whose workers are nodes of their own.</summary>
public abstract class NodeEngineContract : EngineContract
{
    [Fact]
    public void A_worker_that_leaves_in_order_is_not_lost_and_changes_no_bit()
    {
        // It may go when no step under way names it: from the twelfth on they take their time.
        using var leave = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        var scenario = new EngineScenario(Options() with { MinWorkers = 2 })
        {
            WorkerLeaves = leave.Token,
            Hooks = new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step >= 12)
                    {
                        leave.Cancel();
                        never.Wait(TimeSpan.FromMilliseconds(40));
                    }
                },
            },
        };
        RunResult result = Run(TinyTasks.GoldenTask, scenario);

        ShouldBeReference(result, TinyTasks.GoldenTask);
        result.WorkersLost.ShouldBe(0);
        scenario.Watcher.Events.OfType<WorkerLeftRun>().Count().ShouldBe(1);
    }
}
