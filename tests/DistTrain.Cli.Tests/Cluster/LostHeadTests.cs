namespace DistTrain.Cli.Tests;

/// <summary>A head that dies: its run goes on where its last checkpoint is.</summary>
public sealed class LostHeadTests : ClusterScene
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Workers_wait_for_a_killed_head_that_is_started_again(bool isElsewhere)
    {
        NodeProcess head = StartHead("--min-workers", "2");
        NodeProcess[] workers = [StartWorker("first"), StartWorker("second")];
        AwaitCheckpoint(head);
        head.Kill();
        foreach (NodeProcess worker in workers)
        {
            worker.AwaitLine("the head is gone");
        }
        string folder = isElsewhere ? MoveRun() : "run";
        NodeProcess again = ResumeHead(folder, "--min-workers", "2");

        ShouldEndGolden(again);
        foreach (NodeProcess worker in workers)
        {
            worker.AwaitExit().ExitCode.ShouldBe(0, worker.Log);
        }
    }

    [Fact]
    public void A_run_whose_processes_were_all_killed_is_resumed_by_a_cluster()
    {
        NodeProcess head = StartHead("--min-workers", "2");
        NodeProcess[] workers = [StartWorker("first"), StartWorker("second")];
        AwaitCheckpoint(head);
        head.Kill();
        foreach (NodeProcess worker in workers)
        {
            worker.Kill();
        }
        NodeProcess again = Start("cluster", "--resume", "run", "--workers", "3", "--json");

        ShouldEndGolden(again);
    }

    /// <summary>The folder as a copy elsewhere; where it was is nothing.</summary>
    private string MoveRun()
    {
        const string Copy = "copy/of-run";
        foreach (string file in Directory.EnumerateFiles(
            At("run"), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(At(Copy), Path.GetRelativePath(At("run"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Directory.Delete(At("run"), recursive: true);
        return Copy;
    }
}
