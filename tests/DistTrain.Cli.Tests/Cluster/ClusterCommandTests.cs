using System.Diagnostics;

namespace DistTrain.Cli.Tests;

/// <summary>disttrain cluster: it answers for its processes.</summary>
public sealed class ClusterCommandTests : ClusterScene
{
    [Fact]
    public void A_killed_worker_is_started_again()
    {
        NodeProcess cluster = StartCluster("--workers", "1");
        AwaitMidst(cluster);
        int[] before = ChildIds();
        before.Length.ShouldBe(1);
        NodeProcess.Signal("KILL", before[0]);
        cluster.AwaitLine("(worker-0) is gone");
        cluster.AwaitLine("(worker-0) is ready");
        int[] after = ChildIds();

        ShouldEndGolden(cluster).GetProperty("workersLost").GetInt32().ShouldBe(1);
        after.ShouldNotContain(before[0]);
        ShouldHaveEnded(before.Concat(after));
        File.ReadAllText(At("run/nodes/worker-0.log")).ShouldContain("the run is over");
    }

    [Fact]
    public void Ctrl_C_saves_and_leaves_no_process_and_the_run_is_resumed()
    {
        NodeProcess cluster = StartCluster(
            "--workers", "2", "--min-workers", "2", "--parameter-server-nodes", "1");
        AwaitMidst(cluster);
        int[] children = ChildIds();
        children.Length.ShouldBe(3);

        // A terminal sends it to all of them.
        foreach (int process in children.Append(cluster.Id))
        {
            NodeProcess.Signal("INT", process);
        }
        ProcessResult result = cluster.AwaitExit();

        result.ExitCode.ShouldBe(130, result.Error);
        result.Error.ShouldContain("disttrain cluster --resume run");
        ShouldHaveEnded(children);
        ShouldEndGolden(Start("train", "--engine", "tcp", "--resume", "run", "--workers", "1",
            "--json"));
    }

    [Fact]
    public void Processes_end_with_a_head_that_is_killed()
    {
        NodeProcess cluster = StartCluster("--workers", "2");
        AwaitMidst(cluster);
        Process[] children = [.. ChildIds().Select(Process.GetProcessById)];
        children.Length.ShouldBe(2);
        cluster.Kill();
        foreach (Process child in children)
        {
            child.WaitForExit(NodeProcess.Patience).ShouldBeTrue();
            child.Dispose();
        }
    }
}
