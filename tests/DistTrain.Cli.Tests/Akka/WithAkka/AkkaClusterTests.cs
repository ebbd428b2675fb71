using System.Text.Json;

namespace DistTrain.Cli.Tests;

/// <summary>Processes that are a cluster on Akka.NET end with the weights of threads.</summary>
public sealed class AkkaClusterTests : ClusterScene
{
    [Fact]
    public void A_cluster_of_one_head_ends_with_the_weights_of_threads() =>
        ShouldEndGolden(StartAkka("--workers", "2"), "akka");

    [Fact]
    public void A_cluster_of_three_heads_goes_on_without_one_of_them_and_a_worker()
    {
        NodeProcess cluster = StartAkka("--workers", "2", "--heads", "3");
        AwaitCheckpointOfAny();
        NodeProcess.Signal("KILL", IdOf("worker-0"));
        NodeProcess.Signal("TERM", IdOf("head-2"));

        ShouldEndGolden(cluster, "akka");
        File.ReadAllText(At("run/nodes/head-2.log")).ShouldContain("left in order");
    }

    [Fact]
    public void Ctrl_C_saves_and_leaves_no_process_and_another_engine_goes_on()
    {
        NodeProcess cluster = StartAkka("--workers", "2", "--parameter-server-nodes", "1");
        AwaitCheckpoint(cluster);
        int[] children = ChildIds();
        children.Length.ShouldBe(3);
        foreach (int process in children.Append(cluster.Id))
        {
            NodeProcess.Signal("INT", process);
        }
        ProcessResult result = cluster.AwaitExit();

        result.ExitCode.ShouldBe(130, result.Error);
        result.Error.ShouldContain("disttrain cluster --engine akka --resume run");
        ShouldHaveEnded(children);
        ShouldEndGolden(Start("train", "--engine", "tcp", "--resume", "run", "--workers", "1",
            "--json"));
    }

    [Fact]
    public void Nodes_that_are_started_one_by_one_form_a_cluster()
    {
        NodeProcess head = Start(
            ["head", .. Recipe, "--engine", "akka", "--listen", Address, "--out", "run", "--json",
                "--min-workers", "2"]);
        head.AwaitLine("listening on");
        NodeProcess[] workers = [StartAkkaWorker("first"), StartAkkaWorker("second")];

        ShouldEndGolden(head, "akka");
        foreach (NodeProcess worker in workers)
        {
            worker.AwaitExit().ExitCode.ShouldBe(0, worker.Log);
        }
    }

    /// <summary>Of whichever head leads.</summary>
    private void AwaitCheckpointOfAny() =>
        SpinWait.SpinUntil(
            () => Directory.Exists(At("run")) && Directory.EnumerateFiles(
                At("run"), "step-*.dtm", SearchOption.AllDirectories).Any(),
            NodeProcess.Patience).ShouldBeTrue();

    private NodeProcess StartAkka(params string[] more) =>
        StartCluster(["--engine", "akka", .. more]);

    private NodeProcess StartAkkaWorker(string name) =>
        Start("worker", "--engine", "akka", "--head", Address, "--name", name, "--threads", "1");

    private int IdOf(string name)
    {
        using JsonDocument nodes = JsonDocument.Parse(File.ReadAllText(At("run/nodes/nodes.json")));
        return nodes.RootElement.GetProperty("nodes").EnumerateArray()
            .Single(node => node.GetProperty("name").GetString() == name)
            .GetProperty("pid").GetInt32();
    }
}
