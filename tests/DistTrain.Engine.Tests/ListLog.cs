using System.Collections.Concurrent;

namespace DistTrain.Engine.Tests;

/// <summary>Remembers every line.</summary>
internal sealed class ListLog : INodeLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly object _gate = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public void Information(string line) => Add(line);

    public void Warning(string line) => Add("warning: " + line);

    public void Debug(string line) => Add("debug: " + line);

    /// <summary>Waits until so many lines contain this.</summary>
    public void WaitFor(string part, int times = 1) =>
        TryWaitFor(part, Patience, times).ShouldBeTrue($"no '{part}' in\n{this}");

    /// <returns>False if they did not in time.</returns>
    public bool TryWaitFor(string part, TimeSpan patience, int times = 1)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            while (_lines.Count(line => line.Contains(part, StringComparison.Ordinal)) < times)
            {
                int left = (int)(end - Environment.TickCount64);
                if (left <= 0 || !Monitor.Wait(_gate, left))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            Monitor.PulseAll(_gate);
        }
    }

    public override string ToString() => string.Join('\n', _lines);
}
