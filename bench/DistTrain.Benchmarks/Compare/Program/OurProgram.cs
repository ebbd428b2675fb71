using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>The command-line program, built beside the benchmarks, as a process of its own.
/// </summary>
internal sealed class OurProgram
{
    private const string Log = "log.jsonl";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly string _assembly;

    private OurProgram(string assembly) => _assembly = assembly;

    /// <summary>Path of disttrain.dll.</summary>
    public string Assembly => _assembly;

    /// <summary>Null where it is not built or not where a build puts it.</summary>
    public static OurProgram? TryFind()
    {
        DirectoryInfo output = new(AppContext.BaseDirectory);
        string build = Path.Combine(output.Parent!.Name, output.Name);
        for (DirectoryInfo? folder = output; folder is not null; folder = folder.Parent)
        {
            string assembly = Path.Combine(
                folder.FullName, "src", "DistTrain.Cli", "bin", build, "disttrain.dll");
            if (File.Exists(assembly))
                return new OurProgram(assembly);
        }

        return null;
    }

    /// <summary>
    /// Milliseconds from the start of the process until the first step of quickstart is done: from
    /// just before the process is made to the time in the program's log, both by the system's
    /// clock, so that it does not matter when the log is looked at.
    /// </summary>
    public double MillisecondsToFirstStep(string folder)
    {
        string log = Path.Combine(folder, Log);
        DateTime start = DateTime.UtcNow;
        using Process process = Start(null, "train", "quickstart", "--out", folder);
        DateTime? done = null;
        Watch(process, () => (done ??= TimeOfFirstStep(log)) is not null);
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        return (done - start)?.TotalMilliseconds
            ?? throw new InvalidOperationException($"quickstart ended with {process.ExitCode}.");
    }

    /// <summary>
    /// Peak of the resident memory, MB (10⁶ bytes), of a whole training run on MNIST: the system's
    /// own high-water mark, read until the process ends. NaN where the system tells none.
    /// </summary>
    public double PeakMegabytes(DataFolders folders, int epochs, string folder)
    {
        using Process process = Start(
            folders.Given, "train", "deep-1024-dropout", "--data", "mnist",
            "--epochs", $"{epochs}", "--out", folder);
        double peak = double.NaN;
        Watch(process, () =>
        {
            peak = HighWaterMark(process.Id) ?? peak;
            return false;
        });
        return process.ExitCode == 0
            ? peak
            : throw new InvalidOperationException($"The program ended with {process.ExitCode}.");
    }

    private Process Start(string? data, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } path
            && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet");
        foreach (string argument in (string[])[_assembly, .. arguments, "--json", "--quiet"])
            start.ArgumentList.Add(argument);
        if (data is not null)
            start.Environment[DataFolders.Variable] = data;
        start.RedirectStandardOutput = true;
        return Process.Start(start)
            ?? throw new InvalidOperationException("The program did not start.");
    }

    /// <summary>Asks until the answer is yes or the process has ended.</summary>
    private static void Watch(Process process, Func<bool> isDone)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isDone() && !process.WaitForExit(Poll))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                process.Kill();
                throw new TimeoutException("The program did not end.");
            }
        }
    }

    /// <summary>Null before the log says so.</summary>
    private static DateTime? TimeOfFirstStep(string log)
    {
        if (!File.Exists(log))
            return null;
        using StreamReader reader = new(new FileStream(
            log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            // The last line may still be half written.
            if (line.EndsWith('}') && line.Contains("\"firstStepDone\"", StringComparison.Ordinal))
            {
                using JsonDocument json = JsonDocument.Parse(line);
                return json.RootElement.GetProperty("time").GetDateTime().ToUniversalTime();
            }
        }

        return null;
    }

    private static double? HighWaterMark(int processId)
    {
        const string Field = "VmHWM:";
        try
        {
            string? line = File.ReadLines($"/proc/{processId}/status")
                .FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
            return line is null
                ? null
                : 1024e-6 * double.Parse(
                    line[Field.Length..].Replace("kB", ""), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has just ended, or this system has no such file.
            return null;
        }
    }
}
