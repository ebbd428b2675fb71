namespace DistTrain.Cli.Tests;

/// <summary>Nodes that die, hang, come and go in the midst of a run: the weights are those of a run
/// on threads.</summary>
public sealed class LostNodesTests : ClusterScene
{
    [Fact]
    public void A_killed_worker_is_replaced_by_one_that_joins_in_the_midst()
    {
        // With fewer than two the run waits: it cannot be over before the third has come.
        NodeProcess head = StartHead("--min-workers", "2");
        StartWorker("first");
        NodeProcess second = StartWorker("second");
        AwaitMidst(head);
        second.Kill();
        head.AwaitLine("(second) is gone");
        NodeProcess third = StartWorker("third");
        head.AwaitLine("(third) is ready");

        ShouldEndGolden(head).GetProperty("workersLost").GetInt32().ShouldBe(1);
        third.AwaitExit().ExitCode.ShouldBe(0, third.Log);
        File.ReadAllText(At("run/log.jsonl")).ShouldContain("\"event\":\"node\"");
    }

    [Fact]
    public void A_worker_that_hangs_is_lost_and_comes_back()
    {
        NodeProcess head = StartHead("--min-workers", "2");
        StartWorker("first");
        NodeProcess second = StartWorker("second");
        AwaitMidst(head);
        second.Signal("STOP");
        head.AwaitLine("(second) is gone");
        second.Signal("CONT");
        head.AwaitLine("(second) is ready");

        ShouldEndGolden(head).GetProperty("workersLost").GetInt32().ShouldBe(1);
        second.AwaitExit().ExitCode.ShouldBe(0, second.Log);
    }

    [Fact]
    public void A_worker_that_is_asked_to_leave_does_so_in_order()
    {
        NodeProcess head = StartHead();
        NodeProcess first = StartWorker("first");
        AwaitMidst(head);
        first.Signal("TERM");
        ProcessResult left = first.AwaitExit();
        left.ExitCode.ShouldBe(0, left.Error);
        left.Error.ShouldContain("left in order");
        head.AwaitLine("(first) is gone");
        StartWorker("second");

        ShouldEndGolden(head);
    }

    [Fact]
    public void A_killed_parameter_server_is_replaced_by_the_head()
    {
        NodeProcess head = StartHead(
            "--parameter-server-nodes", "1", "--parameter-servers", "3", "--min-workers", "2");
        NodeProcess server = Start(
            "ps", "--head", Address, "--token-file", "run/token", "--threads", "1");
        StartWorker("first");
        NodeProcess second = StartWorker("second");
        AwaitMidst(head);

        // Without its second worker the run waits for as long as it takes to kill the other.
        second.Kill();
        head.AwaitLine("(second) is gone");
        server.Kill();
        head.AwaitLine(line => line.StartsWith("parameter server 0", StringComparison.Ordinal)
            && line.Contains("is gone", StringComparison.Ordinal));
        StartWorker("third");

        ShouldEndGolden(head);
        File.ReadAllText(At("run/log.jsonl")).ShouldContain("sliceLeftRun");
    }
}
