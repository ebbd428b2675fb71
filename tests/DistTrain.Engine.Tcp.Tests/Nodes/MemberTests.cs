using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Who is let in at the head, as whom, and what is not taken from it.</summary>
public sealed class MemberTests
{
    private static readonly RunOptions One = new() { ParameterServers = 2, Threads = 1 };

    private readonly Watcher _watcher = new();

    [Fact]
    public void A_process_that_connects_anew_is_lost_and_joins_in_that_order_under_its_number()
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, One, observer: _watcher);
        var process = Guid.NewGuid();
        var before = new RecordingHandler();
        using LinkDialer dead = Dial(cluster, before, process);
        Link old = BecomeReady(before);
        cluster.Log.WaitFor("worker 0 (tester) is ready");

        var after = new RecordingHandler();
        using LinkDialer again = Dial(cluster, after, process);
        Link link = BecomeReady(after);
        cluster.Log.WaitFor("worker 0 (tester) is ready", times: 2);
        before.WaitForEnd().Kind.ShouldBe(LinkEndKind.Lost);
        link.Close("enough");
        cluster.Log.WaitFor("worker 0 (tester) is gone", times: 2);
        cluster.AddWorkers(1);

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(2);
        _watcher.Events.Where(e => e is WorkerJoinedRun or WorkerLeftRun).Take(4)
            .Select(e => e.GetType().Name)
            .ShouldBe(["WorkerLeftRun", "WorkerJoinedRun", "WorkerLeftRun", "WorkerJoinedRun"]);
    }

    [Fact]
    public void Readiness_that_is_said_twice_counts_once()
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, One, observer: _watcher);
        var worker = new RecordingHandler();
        using LinkDialer dialer = Dial(cluster, worker, Guid.NewGuid());
        Link link = BecomeReady(worker);
        link.TrySend(new NodeReady(0, string.Empty)).ShouldBeTrue();
        link.TrySend(new ComputationFailed(new WorkerId(0), 0, "so that it is heard of"))
            .ShouldBeTrue();
        cluster.Log.WaitFor("worker 0 (tester) failed in step 0");
        link.Close("enough");
        cluster.Log.WaitFor("worker 0 (tester) is gone");
        cluster.AddWorkers(1);

        cluster.Completed(TinyTasks.GoldenHash);
        cluster.Log.Lines.Count(line => line.Contains("(tester) is ready")).ShouldBe(1);
    }

    [Fact]
    public void Nobody_speaks_for_another_nor_for_a_slice_that_is_not_its()
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, One, observer: _watcher);
        var worker = new RecordingHandler();
        using LinkDialer dialer = Dial(cluster, worker, Guid.NewGuid());
        Link link = worker.WaitForOpen();
        RunId run = worker.WaitFor<Welcome>().Run;
        link.TrySend(new RequestParameters(run, new WorkerId(1), 0));
        cluster.Log.WaitFor("RequestParameters refused: it speaks for another");
        link.TrySend(new WorkerLeaving(new WorkerId(1), "it is not wanted"));
        cluster.Log.WaitFor("WorkerLeaving refused: it speaks for another");
        link.TrySend(new ComputationFailed(new WorkerId(1), 0, "it is not wanted"));
        cluster.Log.WaitFor("ComputationFailed refused");
        link.TrySend(new StepCompleted(default, 3, new Assignment(1, [])));
        cluster.Log.WaitFor("StepCompleted refused: it speaks for another");
        link.TrySend(new SnapshotEnd(default, 3, new SliceId(1), -1));
        cluster.Log.WaitFor("SnapshotEnd refused");
        link.TrySend(new RequestState(default, new SliceId(1), 3));
        cluster.Log.WaitFor("RequestState refused");
        link.Close("enough");
        cluster.AddWorkers(1);

        cluster.Completed(TinyTasks.GoldenHash).WorkersLost.ShouldBe(0, "it was never ready");
    }

    [Fact]
    public void Who_connects_when_the_run_is_over_is_turned_away_and_nobody_is_waited_for()
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(TinyTasks.GoldenTask, One, observer: _watcher).AddWorkers(1);
        var probe = new RecordingHandler();
        using LinkDialer dialer = Dial(cluster, probe, Guid.NewGuid(), NodeKind.Probe);
        probe.WaitForOpen();
        probe.WaitFor<ProbeAnswer>().Run.ShouldNotBeNull();

        cluster.Completed(TinyTasks.GoldenHash);
    }

    private static Link BecomeReady(RecordingHandler worker)
    {
        Link link = worker.WaitForOpen();
        int ordinal = worker.WaitFor<Welcome>().Ordinal;
        link.TrySend(new NodeReady(ordinal, string.Empty)).ShouldBeTrue();
        return link;
    }

    private static LinkDialer Dial(
        NodeCluster cluster, RecordingHandler handler, Guid process,
        NodeKind kind = NodeKind.Worker)
    {
        var dialer = new LinkDialer(
            new LinkDialerSettings
            {
                Host = "127.0.0.1",
                Port = cluster.EndPoint.Port,
                Security = cluster.Security,
                Hello = () => new Hello(kind, "tester", process, null, 1, "test 1"),
                OnFailure = _ => { },
            },
            handler, LinkOptions.Default, _ => true);
        dialer.Start();
        return dialer;
    }
}
