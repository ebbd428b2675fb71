using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Slices that throw, leave and die: all are restored, and the bits stay.</summary>
public sealed class SliceFaultTests : IDisposable
{
    private static readonly RunOptions Three = new() { Workers = 2, ParameterServers = 3 };

    private readonly TemporaryFolder _folder = new();
    private readonly Watcher _watcher = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_parameter_server_that_breaks_begins_anew_and_changes_no_bit()
    {
        int left = 1;
        using AkkaCluster cluster = WithUpdates(step =>
        {
            if (step == 17 && Interlocked.Decrement(ref left) >= 0)
            {
                throw new InvariantException("a bad sector");
            }
        });

        cluster.Completed(TinyTasks.GoldenHash);
        cluster.Log.Lines.ShouldContain(line => line.Contains("slice 1 threw: a bad sector"));
        _watcher.Events.OfType<SliceLeftRun>().ShouldHaveSingleItem()
            .Slice.ShouldBe(new SliceId(1));

        _watcher.Events.OfType<RunRolledBack>().ShouldHaveSingleItem()
            .Version.ShouldBeLessThanOrEqualTo(15);
    }

    [Fact]
    public void A_parameter_server_that_breaks_again_and_again_ends_the_run_with_its_cause()
    {
        using AkkaCluster cluster = WithUpdates(step =>
        {
            if (step == 17)
            {
                throw new InvariantException("a bad sector");
            }
        });
        RunResult result = cluster.Result();

        result.Outcome.ShouldBe(RunOutcome.Failed);
        result.Cause!.ShouldContain("a bad sector");
        new CheckpointFolder(_folder.File("checkpoints"), 3).NewestGood(out _)!
            .Version.ShouldBeGreaterThanOrEqualTo(5, "there is one to go on from");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slices_of_a_node_that_leaves_or_dies_are_restored_at_the_other(bool dies)
    {
        using var leave = new CancellationTokenSource();
        AkkaCluster? cluster = null;
        int left = 1;
        var hooks = new EngineHooks
        {
            BeforeGradient = (_, step, _) =>
            {
                if (step != 17 || Interlocked.Decrement(ref left) < 0)
                {
                    return;
                }

                if (dies)
                {
                    cluster!.Kill(1);
                }
                else
                {
                    leave.Cancel();
                }

                cluster!.Log.WaitFor("parameter server 2 (node 1) is gone");
            },
        };
        using AkkaCluster all = cluster = new AkkaCluster();
        cluster.AddHead(
            TinyTasks.GoldenTask, Three, parameterServers: 2, observer: _watcher)
            .AddParameterServers(1);
        cluster.Log.WaitFor("(node 0) is ready"); // 0 or 1: the head has one too
        cluster.AddParameterServers(1, stop: leave.Token).AddWorkers(2, hooks);
        RunResult result = cluster.Result();

        result.WeightsSha256.ShouldBe(TinyTasks.GoldenHash, $"{result.Cause}\n{cluster.Log}");
        result.WorkersLost.ShouldBe(0);
        cluster.OutcomeOf(1).ShouldBe(NodeOutcome.Left);
        _watcher.Events.OfType<RunRolledBack>().ShouldNotBeEmpty();
        _watcher.Events.OfType<RunRolledBack>().ShouldAllBe(e => e.Version <= 15);
    }

    private AkkaCluster WithUpdates(Action<long> before) => new AkkaCluster()
        .AddHead(
            TinyTasks.GoldenTask,
            Three with { OutFolder = _folder.Path, CheckpointEverySteps = 5 },
            observer: _watcher,
            hooks: new EngineHooks
            {
                BeforeUpdate = (slice, step) =>
                {
                    if (slice.Value == 1)
                    {
                        before(step);
                    }
                },
            })
        .AddWorkers(2);
}
