using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>The whole program: memory and start.</summary>
internal sealed class ProgramMeasurements(CompareOptions options)
{
    private readonly List<double> _starts = [];
    private string _memory = "";
    private bool _isBuilt;

    public void Measure(DataFolders folders, Action<string> progress)
    {
        if (OurProgram.TryFind() is not { } program)
            return;
        _isBuilt = true;
        progress("the program's start and memory");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("disttrain-compare-");
        try
        {
            for (int i = 0; i < options.Starts; i++)
            {
                _starts.Add(program.MillisecondsToFirstStep(
                    Path.Combine(folder.FullName, $"start-{i}")));
            }

            _memory = StepData.TryMnist(folders, out string? absence) is null
                ? $"not measured ({absence})"
                : Figures.Rate(program.PeakMegabytes(
                    folders, options.MemoryEpochs, Path.Combine(folder.FullName, "memory")))
                    + " MB";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public string Report()
    {
        if (!_isBuilt)
            return "## The program\n\nNot measured: it is not built.\n";
        MarkdownTable table = new("what", "measured");
        table.Add(
            "start of the process until the first step of `quickstart` is done, median of "
            + $"{_starts.Count}",
            $"{Figures.Rate(Median.Of(_starts))} ms");
        table.Add(
            "peak resident memory of 784-1024-128-64-10 on all of MNIST, with evaluation and "
            + $"checkpoints, epochs: {options.MemoryEpochs}",
            _memory);
        return $"## The program\n\n{table}";
    }
}
