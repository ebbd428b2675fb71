using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Heads that stop, die without a word and come back, and the workers that wait for them.
/// </summary>
public sealed class HeadRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Relay _relay = new();
    private readonly CancellationTokenSource _stop = new();

    private RunOptions Options => new()
    {
        Workers = 2,
        ParameterServers = 2,
        Threads = 2,
        CheckpointEverySteps = 4,
        OutFolder = _folder.Path,
    };

    public void Dispose()
    {
        _relay.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_head_that_is_stopped_says_farewell_and_is_resumed_with_other_nodes()
    {
        using NodeCluster first = new NodeCluster()
            .StartHead(
                TinyTasks.GoldenTask, Options, observer: At(14, _stop.Cancel), stop: _stop.Token)
            .AddWorkers(2);
        RunResult interrupted = first.Result();

        interrupted.Outcome.ShouldBe(RunOutcome.Interrupted);
        interrupted.WorkersLost.ShouldBe(0);
        first.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
        using NodeCluster second = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, Options with { ResumeFrom = Newest(), Workers = 3 })
            .AddWorkers(3);
        second.Completed(TinyTasks.GoldenHash);
    }

    [Fact]
    public void Workers_wait_for_a_head_that_died_and_go_on_with_the_next()
    {
        using var cluster = new NodeCluster(_relay);
        cluster.AddWorkers(2); // before there is any head
        cluster.StartHead(
            TinyTasks.GoldenTask, Options, observer: At(14, Die), stop: _stop.Token);
        cluster.HeadResult().Outcome.ShouldBe(RunOutcome.Interrupted);
        cluster.Nodes.ShouldAllBe(node => !node.IsCompleted);

        cluster.StartHead(
            TinyTasks.GoldenTask, Options with { MinWorkers = 2, ResumeFrom = Newest() });
        RunResult resumed = cluster.Completed(TinyTasks.GoldenHash);
        resumed.WorkersLost.ShouldBe(0);
        cluster.Nodes.ShouldAllBe(node => node.Result == NodeOutcome.RunOver);
    }

    [Fact]
    public void Workers_wait_for_a_head_that_died_with_its_parameter_servers_and_go_on()
    {
        using var cluster = new NodeCluster(_relay);
        cluster.StartHead(
            TinyTasks.GoldenTask, Options with { ParameterServers = 3 }, parameterServers: 2,
            observer: At(14, Die), stop: _stop.Token);
        cluster.AddParameterServers(2).AddWorkers(2);
        cluster.HeadResult().Outcome.ShouldBe(RunOutcome.Interrupted);

        cluster.StartHead(
            TinyTasks.GoldenTask,
            Options with { ParameterServers = 3, MinWorkers = 2, ResumeFrom = Newest() },
            parameterServers: 2);
        cluster.Completed(TinyTasks.GoldenHash);
    }

    [Fact]
    public void A_head_of_another_run_at_the_same_address_is_worked_for_as_well()
    {
        TrainingTask other = TinyTasks.Make(
            TinyTasks.Golden with { Seed = 8, Epochs = 1 }, training: 900);
        using var cluster = new NodeCluster(_relay);
        cluster.StartHead(
            TinyTasks.GoldenTask, Options, observer: At(14, Die), stop: _stop.Token);
        cluster.AddWorkers(2);
        cluster.HeadResult();

        cluster.StartHead(other, Options with { MinWorkers = 2, OutFolder = null });
        cluster.Completed(TinyTasks.HashOf(other));
    }

    [Fact]
    public void A_head_that_is_stopped_before_any_worker_came_has_saved_nothing()
    {
        _stop.Cancel();
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, Options, stop: _stop.Token);
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Interrupted);
        result.LastCheckpoint.ShouldBeNull();
        result.Parameters.ShouldBeEmpty();
    }

    [Fact]
    public void A_head_that_is_stopped_while_it_waits_for_parameter_servers_says_so()
    {
        _stop.Cancel();
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, Options, parameterServers: 2, stop: _stop.Token);
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Interrupted);
        result.Cause!.ShouldContain("waiting for parameter servers");
    }

    /// <summary>What nodes see of a head that is killed; its process ends here by a stop.</summary>
    private void Die()
    {
        _relay.Cut();
        _stop.Cancel();
    }

    private static Watcher At(long step, Action act) => new()
    {
        AtStep = done =>
        {
            if (done == step)
            {
                act();
            }
        },
    };

    private Checkpoint Newest() =>
        new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!;
}
