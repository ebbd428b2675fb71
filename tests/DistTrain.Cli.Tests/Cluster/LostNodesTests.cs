namespace DistTrain.Cli.Tests;

/// <summary>Nodes that die, hang, come and go in the midst of a run: the weights are those of a run
/// on threads.</summary>
public sealed class LostNodesTests : ClusterScene
{
    [Fact]
    public void The_work_of_a_killed_worker_is_done_by_the_other()
    {
        NodeProcess head = StartHead("--min-workers", "2");
        NodeProcess first = StartWorker("first");
        NodeProcess second = StartWorker("second");
        AwaitMidst(head);
        second.Kill();
        head.AwaitLine("(second) is gone");

        ShouldEndGolden(head).GetProperty("workersLost").GetInt32().ShouldBe(1);
        first.AwaitExit().ExitCode.ShouldBe(0, first.Log);
        File.ReadAllText(At("run/log.jsonl")).ShouldContain("\"event\":\"node\"");
    }

    // Without any worker the run waits, so here it cannot be over too early.
    [Fact]
    public void A_worker_hangs_and_comes_back_and_another_joins_in_the_midst()
    {
        NodeProcess head = StartHead();
        NodeProcess first = StartWorker("first");
        AwaitMidst(head);
        first.Signal("STOP");
        head.AwaitLine("(first) is gone");
        first.Signal("CONT");
        head.AwaitLine("(first) is ready");
        first.Kill();
        head.AwaitLine("(first) is gone");
        NodeProcess second = StartWorker("second");
        head.AwaitLine("(second) is ready");

        ShouldEndGolden(head).GetProperty("workersLost").GetInt32().ShouldBe(2);
        second.AwaitExit().ExitCode.ShouldBe(0, second.Log);
    }

    [Fact]
    public void A_worker_that_is_asked_to_leave_does_so_in_order()
    {
        // Long enough that leaving, which takes half a second, is in its midst.
        string[] longer = ["--epochs", "1000", "--checkpoint-every", "1000"];
        string golden = TrainOnThreads(longer);
        NodeProcess head = StartHead(["--min-workers", "2", .. longer]);
        StartWorker("first");
        NodeProcess second = StartWorker("second");
        head.AwaitLine("epoch    4/");
        second.Signal("TERM");
        ProcessResult left = second.AwaitExit();
        left.ExitCode.ShouldBe(0, left.Error);
        left.Error.ShouldContain("left in order");

        ShouldEndWith(golden, head);
        head.Log.ShouldContain("(second) is gone: it was asked to leave");
    }

    [Fact]
    public void A_killed_parameter_server_is_replaced_by_the_head()
    {
        NodeProcess head = StartHead(
            "--parameter-server-nodes", "1", "--parameter-servers", "3");
        NodeProcess server = Start(
            "ps", "--head", Address, "--token-file", "run/token", "--threads", "1");
        NodeProcess first = StartWorker("first");
        AwaitMidst(head);

        // Without its worker the run waits for as long as it takes to kill the other.
        first.Kill();
        head.AwaitLine("(first) is gone");
        server.Kill();
        head.AwaitLine(line => line.StartsWith("parameter server 0", StringComparison.Ordinal)
            && line.Contains("is gone", StringComparison.Ordinal));
        StartWorker("second");

        ShouldEndGolden(head);
        File.ReadAllText(At("run/log.jsonl")).ShouldContain("sliceLeftRun");
    }
}
