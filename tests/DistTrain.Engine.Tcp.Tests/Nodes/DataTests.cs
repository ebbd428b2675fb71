namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Where workers get the run's data from.</summary>
public sealed class DataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Data_come_from_the_head_once_for_a_machine_and_are_found_the_next_time()
    {
        var options = new RunOptions { Workers = 2, MinWorkers = 2, Threads = 2 };
        using (NodeCluster first = new NodeCluster { DataFolder = _folder.Path }
            .StartHead(TinyTasks.GoldenTask, options).AddWorkers(2))
        {
            first.Completed(TinyTasks.GoldenHash);
            first.Log.Lines.ShouldContain(line => line.Contains("of data from the head"));
        }

        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Count(file => file.EndsWith(".dtdata", StringComparison.Ordinal)).ShouldBe(1);
        using NodeCluster second = new NodeCluster { DataFolder = _folder.Path }
            .StartHead(TinyTasks.GoldenTask, options).AddWorkers(2);
        second.Completed(TinyTasks.GoldenHash);
        second.Log.Lines.ShouldNotContain(line => line.Contains("of data from the head"));
    }
}
