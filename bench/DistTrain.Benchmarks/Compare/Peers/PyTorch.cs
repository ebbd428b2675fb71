using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// PyTorch in a process of its own: peers/pytorch_steps.py, which says what it does. Between two
/// samples it waits for a line, without a processor.
/// </summary>
internal sealed class PyTorch : IDisposable
{
    private const string Debian = "/usr/bin/python3";

    // The import takes seconds; a slow machine may take more. A step is milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private PyTorch(Process process, string label)
    {
        _process = process;
        Label = label;
    }

    /// <summary>Versions, as every figure of it is to be labelled.</summary>
    public string Label { get; }

    /// <summary>Null, and why, where there is none.</summary>
    public static PyTorch? TryStart(int threads, bool keepsMemory, out string? absence)
    {
        if (Start(threads, keepsMemory) is not { } process)
        {
            absence = "there is no python3";
            return null;
        }

        string? greeting = Read(process);
        if (greeting?.StartsWith("ready ", StringComparison.Ordinal) == true)
        {
            absence = null;
            if (threads == 1)
                OneProcessor.Hold(process);
            return new PyTorch(process, greeting["ready ".Length..]);
        }

        Stop(process);
        absence = greeting is null ? "it ended at once" : greeting.Replace("absent ", "");
        return null;
    }

    /// <summary>Microseconds a step of one of its networks, over so many seconds.</summary>
    public double Sample(int network, double seconds)
    {
        _process.StandardInput.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"run {network} {seconds}"));
        _process.StandardInput.Flush();
        string[] answer = Read(_process)?.Split(' ')
            ?? throw new InvalidOperationException($"{Label} ended unasked.");
        double spent = double.Parse(answer[1], CultureInfo.InvariantCulture);
        return 1e6 * spent / long.Parse(answer[0], CultureInfo.InvariantCulture);
    }

    public void Dispose() => Stop(_process);

    private static Process? Start(int threads, bool keepsMemory)
    {
        var start = new ProcessStartInfo(File.Exists(Debian) ? Debian : "python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "peers", "pytorch_steps.py"),
            },
        };
        foreach ((string name, string value) in NativeEnvironment.For(threads, keepsMemory))
            start.Environment[name] = value;
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string? Read(Process process)
    {
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        return line.Wait(Patience)
            ? line.Result
            : throw new TimeoutException($"PyTorch said nothing for {Patience.TotalMinutes} min.");
    }

    private static void Stop(Process process)
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            process.Kill();
        process.Dispose();
    }
}
