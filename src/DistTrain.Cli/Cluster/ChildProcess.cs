using System.Diagnostics;
using System.Text;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>
/// One process of a node. It gets the run's token, if there is one, by its environment, writes its
/// log through this process, and ends when its standard input does: whatever ends this process ends
/// it too.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Process _process;
    private readonly StreamWriter _log;

    /// <param name="plan">What it is.</param>
    /// <param name="head">Where its head listens.</param>
    /// <param name="token">The run's, or null.</param>
    /// <param name="log">Path of its log, which is gone on with.</param>
    /// <param name="onOutput">Hears each line of its standard output.</param>
    public ChildProcess(
        ChildPlan plan, HostPort head, RunToken? token, string log, Action<string> onOutput)
    {
        ProcessStartInfo start = ThisExecutable.StartInfo();
        foreach (string argument in plan.Arguments(head))
        {
            start.ArgumentList.Add(argument);
        }
        if (token is not null)
        {
            start.Environment[RunToken.EnvironmentVariable] = token.ToHex();
        }
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _log = new StreamWriter(log, append: true, new UTF8Encoding(false)) { AutoFlush = true };
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => WriteLine(line.Data);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                onOutput(text);
            }
        };
        try
        {
            _process.Start();
        }
        catch
        {
            Dispose();
            throw;
        }
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Waits until it has ended and its log is written.</summary>
    /// <returns>Its exit code.</returns>
    public int AwaitExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>It must not go on.</summary>
    public void EndInput() => Ignore(_process.StandardInput.Close);

    public void Kill() => Ignore(_process.Kill);

    public void Dispose()
    {
        _process.Dispose();
        lock (_lock)
        {
            _log.Dispose();
        }
    }

    private void WriteLine(string? line)
    {
        lock (_lock)
        {
            if (line is not null)
            {
                _log.WriteLine(line);
            }
        }
    }

    /// <summary>It may have ended meanwhile.</summary>
    private static void Ignore(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException
            or System.ComponentModel.Win32Exception)
        {
            // Then there is nothing left to end.
        }
    }
}
