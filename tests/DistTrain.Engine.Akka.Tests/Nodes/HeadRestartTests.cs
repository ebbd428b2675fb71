using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Heads that stop and are resumed, and what workers find when they come to one.</summary>
public sealed class HeadRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();

    private RunOptions Options => new()
    {
        Workers = 2,
        ParameterServers = 2,
        CheckpointEverySteps = 4,
        OutFolder = _folder.Path,
    };

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_head_that_is_stopped_saves_a_checkpoint_and_is_resumed_with_other_nodes()
    {
        using (AkkaCluster first = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Options, stop: _stop.Token)
            .AddWorkers(2, hooks: new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step == 14)
                    {
                        _stop.Cancel();
                    }
                },
            }))
        {
            RunResult interrupted = first.Result();
            interrupted.Outcome.ShouldBe(RunOutcome.Interrupted, interrupted.Cause);
            interrupted.WorkersLost.ShouldBe(0);
            interrupted.Version.ShouldBeInRange(14, 29);
            first.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
            Newest().Version.ShouldBe(interrupted.Version);
        }

        using AkkaCluster second = new AkkaCluster()
            .AddHead(
                TinyTasks.GoldenTask, Options with { ResumeFrom = Newest(), Workers = 3 },
                parameterServers: 1)
            .AddParameterServers(1)
            .AddWorkers(3);
        second.Completed(TinyTasks.GoldenHash).Steps.ShouldBe(30);
    }

    [Fact]
    public void Nodes_that_a_cluster_knew_and_never_let_in_come_to_the_one_after_it()
    {
        using AkkaCluster cluster = new(leastMembers: 5);
        cluster.AddHead(TinyTasks.GoldenTask, OptionsOf(0), heads: 3).AddWorkers(2);
        WaitFor("known to the cluster"); // the head, and both

        cluster.GiveUpHead(0); // the workers are not told
        cluster.GiveUp(1); // by a cluster that it was not let in to
        WaitFor("joining anew");
        cluster.AddHead(TinyTasks.GoldenTask, OptionsOf(1), heads: 3)
            .AddHead(TinyTasks.GoldenTask, OptionsOf(2), heads: 3);

        foreach (int head in Enumerable.Range(0, 3))
        {
            cluster.Completed(TinyTasks.GoldenHash, head);
        }

        void WaitFor(string part) => cluster.Log
            .TryWaitFor(part, AkkaCluster.Patience, times: 3).ShouldBeTrue($"{cluster.Log}");

        RunOptions OptionsOf(int head) =>
            Options with { OutFolder = _folder.File($"head-{head}") };
    }

    [Fact]
    public void A_head_that_loses_all_goes_on_from_its_checkpoint_with_workers_that_come_again()
    {
        int left = 1;
        AkkaCluster? cluster = null;
        using AkkaCluster all = cluster = new AkkaCluster();
        cluster.AddHead(TinyTasks.GoldenTask, Options with { MinWorkers = 2 })
            .AddWorkers(2, new EngineHooks
            {
                BeforeGradient = (_, step, _) =>
                {
                    if (step == 14 && Interlocked.Decrement(ref left) >= 0)
                    {
                        cluster.GiveUpHead(0);
                    }
                },
            });

        cluster.Completed(TinyTasks.GoldenHash).Steps.ShouldBe(30);
        cluster.Log.Lines.ShouldContain(
            line => line.Contains("this head leads, with the checkpoint of step"));
        cluster.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
    }

    [Fact]
    public void A_head_that_is_stopped_before_any_worker_came_has_saved_nothing()
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Options, stop: _stop.Token);
        cluster.Log.WaitFor("parameter server 0");
        _stop.Cancel();
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Interrupted);
        result.LastCheckpoint.ShouldBeNull();
        result.Parameters.ShouldBeEmpty();
    }

    [Fact]
    public void A_head_that_is_stopped_while_it_waits_for_parameter_servers_says_so()
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Options, parameterServers: 2, stop: _stop.Token);
        cluster.Log.WaitFor("waiting for 2 parameter servers");
        _stop.Cancel();
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Interrupted);
        result.Cause!.ShouldContain("waiting for other nodes");
    }

    [Fact]
    public void Data_come_from_a_head_and_are_found_the_next_time()
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(TinyTasks.GoldenTask, Options with { MinWorkers = 2 })
            .AddWorkers(2);
        cluster.Completed(TinyTasks.GoldenHash);
        cluster.Log.Lines.ShouldContain(line => line.Contains("bytes of data"));
        Directory.GetFiles(cluster.DataFolder, "*", SearchOption.AllDirectories)
            .Count(file => file.EndsWith(".dtdata", StringComparison.Ordinal)).ShouldBe(1);
    }

    private Checkpoint Newest() =>
        new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
}
