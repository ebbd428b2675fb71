using System.Collections.Concurrent;
using System.Diagnostics;

namespace DistTrain.Cli.Tests;

/// <summary>A process of the program that a test talks to while it runs. It is ended with the
/// test.</summary>
internal sealed class NodeProcess : IDisposable
{
    /// <summary>Of every wait; far more than any takes: a cluster of five processes on Akka.NET
    /// ends within 25 s on two cores, within 80 s if others want them too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // Of each node that it has started, for whoever asks why it does not end.
    private const int LastLines = 20;

    private readonly Process _process;
    private readonly string _folder;
    private readonly BlockingCollection<string> _news = [];
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;
    private readonly Task<string> _output;

    public NodeProcess(string folder, params string[] arguments)
    {
        _folder = folder;
        _process = DistTrainProcess.Start(folder, arguments);
        _output = _process.StandardOutput.ReadToEndAsync();
        _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    public int Id => _process.Id;

    /// <summary>All that it has written to stderr.</summary>
    public string Log => string.Join('\n', _lines);

    /// <summary>The next line of stderr that is like that.</summary>
    public string AwaitLine(Func<string, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            foreach (string line in _news.GetConsumingEnumerable(limit.Token))
            {
                if (isWanted(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no such line within {Patience}:\n{Log}");
        }
        throw new InvalidOperationException($"it ended without such a line:\n{Log}");
    }

    public string AwaitLine(string text) =>
        AwaitLine(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Its exit code and what it wrote.</summary>
    public ProcessResult AwaitExit()
    {
        if (!_process.WaitForExit(Patience))
        {
            throw new TimeoutException(
                $"it does not end within {Patience}:\n{Log}\n{string.Concat(NodeLogs())}");
        }
        _reading.Wait(Patience).ShouldBeTrue();
        return new ProcessResult(_process.ExitCode, _output.Result, Log);
    }

    /// <summary>Sends a signal: INT, TERM, STOP, CONT.</summary>
    public void Signal(string name) => Signal(name, Id);

    public static void Signal(string name, int process)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit(Patience).ShouldBeTrue();
        kill.ExitCode.ShouldBe(0);
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        AwaitExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Patience);
        }
        _process.Dispose();
        _news.Dispose();
    }

    /// <summary>The ends of the logs of all nodes that a cluster has started here.</summary>
    private IEnumerable<string> NodeLogs() =>
        from log in Directory.EnumerateFiles(
            _folder, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        select $"{Path.GetFileName(log)}:\n"
            + string.Concat(File.ReadLines(log).TakeLast(LastLines).Select(line => $"  {line}\n"));

    private void Read()
    {
        while (_process.StandardError.ReadLine() is { } line)
        {
            _lines.Enqueue(line);
            _news.Add(line);
        }
        _news.CompleteAdding();
    }
}
