using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// compare: ours and the peers' in alternation, in one run, by one estimator; one report.
/// </summary>
internal static class CompareCommand
{
    private const int Done = 0, BadUsage = 2;

    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        CompareOptions options;
        try
        {
            options = CompareOptions.Parse(arguments);
        }
        catch (FormatException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}\n{CompareOptions.Usage}");
            return BadUsage;
        }

        string report = Measure(options);
        Console.Write(report);
        if (options.Out is { } file)
            File.WriteAllText(file, report);
        return Done;
    }

    private static string Measure(CompareOptions options)
    {
        DataFolders folders = DataFolders.FromEnvironment();
        if (options.Data is { } data)
            folders = folders with { Given = Path.GetFullPath(data) };
        MachineWatch watch = new();
        MachineReport machine = new(watch);
        machine.Measure(Progress);
        List<Func<string>> parts = [];
        if (options.Has("gemm"))
        {
            GemmComparison gemm = new(options, watch);
            gemm.Measure(Progress);
            parts.Add(gemm.Report);
        }

        if (options.Has("steps"))
        {
            StepComparison steps = new(options, watch);
            steps.Measure(folders, Progress);
            parts.Add(steps.Report);
        }

        if (options.Has("engine"))
        {
            EngineComparison engine = new(options, watch);
            engine.Measure(Progress);
            parts.Add(engine.Report);
            ProgramMeasurements program = new(options);
            program.Measure(folders, Progress);
            parts.Add(program.Report);
        }

        // What counts is judged by the peak of the whole run, so nothing is written before its end.
        return string.Join(
            '\n',
            [
                Preface.Of(options, watch), machine.Report(),
                .. parts.Select(report => report()),
            ]);
    }

    private static void Progress(string what) => Console.Error.WriteLine($"… {what}");
}
