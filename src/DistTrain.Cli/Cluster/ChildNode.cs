using System.Diagnostics;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>A node that is one process after the other: one that dies is followed by another.
/// </summary>
internal sealed class ChildNode : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly ChildPlan _plan;
    private readonly Func<Action<string>, ChildProcess> _start;
    private readonly INodeLog _log;
    private readonly RestartBudget _budget = new();
    private readonly Thread _thread;
    private ChildProcess? _process;
    private string? _listen;
    private int _starts;

    /// <param name="plan">What it is.</param>
    /// <param name="start">Starts a process; is given who hears its output.</param>
    /// <param name="log">For people.</param>
    public ChildNode(
        ChildPlan plan, Func<Action<string>, ChildProcess> start, INodeLog log)
    {
        (_plan, _start, _log) = (plan, start, log);
        _thread = new Thread(Supervise) { IsBackground = true, Name = plan.Name };
    }

    /// <summary>Raised when there is something new for nodes.json.</summary>
    public event Action? Changed;

    /// <summary>No further process will follow.</summary>
    public bool IsOver { get; private set; }

    /// <summary>It died too often; one that has left in order has not.</summary>
    public bool IsGivenUp { get; private set; }

    public ChildRole Role => _plan.Role;

    public NodeEntry Entry
    {
        get
        {
            lock (_lock)
            {
                return new NodeEntry(
                    _plan.Name, _plan.RoleName, _process?.Id, _listen, _starts);
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>No process follows this one.</summary>
    public void BeginStop() => _stop.Set();

    /// <returns>False if it still runs.</returns>
    public bool AwaitEnd(TimeSpan patience) =>
        _thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted)
        || _thread.Join(patience);

    public void EndInput() => Do(process => process.EndInput());

    public void Kill() => Do(process => process.Kill());

    /// <summary>Once it is over.</summary>
    public void Dispose() => _stop.Dispose();

    private void Supervise()
    {
        while (TryStart() is { } process)
        {
            Changed?.Invoke();
            int code = process.AwaitExit();
            lock (_lock)
            {
                (_process, _listen) = (null, null);
            }
            process.Dispose();
            if (!MustFollow(code))
            {
                break;
            }
        }
        IsOver = true;
        Changed?.Invoke();
    }

    /// <returns>Null if it is to stop, or the system starts no process.</returns>
    private ChildProcess? TryStart()
    {
        lock (_lock)
        {
            if (_stop.IsSet)
            {
                return null;
            }
            try
            {
                _process = _start(OnOutput);
                _starts++;
                return _process;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException
                or System.ComponentModel.Win32Exception)
            {
                IsGivenUp = true;
                _log.Warning($"{_plan.Name} cannot be started: {e.Message}");
                return null;
            }
        }
    }

    /// <summary>Waits as long as is due before the next process.</summary>
    private bool MustFollow(int code)
    {
        if (_stop.IsSet)
        {
            return false;
        }
        if (code == ExitCode.Done)
        {
            return false; // the head lets it go, when it asks or the run is over
        }
        var now = TimeSpan.FromMilliseconds(Environment.TickCount64);
        if (_budget.Next(now) is not { } wait)
        {
            IsGivenUp = true;
            _log.Warning($"{_plan.Name} ended with exit code {code}, {RestartBudget.Most} times "
                + "within a minute: it is not started again");
            return false;
        }
        _log.Information($"{_plan.Name} ended with exit code {code}; starting it again");
        return !_stop.Wait(wait);
    }

    private void OnOutput(string line)
    {
        const string Listening = "listening ";
        if (line.StartsWith(Listening, StringComparison.Ordinal))
        {
            lock (_lock)
            {
                _listen = line[Listening.Length..];
            }
            Changed?.Invoke();
        }
    }

    private void Do(Action<ChildProcess> action)
    {
        lock (_lock)
        {
            if (_process is { } process)
            {
                action(process);
            }
        }
    }
}
