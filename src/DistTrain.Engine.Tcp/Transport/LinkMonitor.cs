using System.Diagnostics;

namespace DistTrain.Engine.Tcp;

/// <summary>What looks at the time now and then, and takes none doing so.</summary>
internal interface IWatched
{
    /// <param name="now">Since some moment of the past.</param>
    /// <param name="hasSlept">This process did not run for a while just now.</param>
    void OnTick(TimeSpan now, bool hasSlept);
}

/// <summary>One thread of the process that looks at the time for all links.</summary>
internal sealed class LinkMonitor
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    /// <summary>A tick that comes later than this means that the process, or the machine, stood
    /// still: silence in that time was its own.</summary>
    private static readonly TimeSpan Slept = TimeSpan.FromMilliseconds(300);

    private readonly object _gate = new();
    private readonly List<IWatched> _watched = [];
    private bool _hasBegun;

    public static LinkMonitor Shared { get; } = new();

    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public void Add(IWatched watched)
    {
        lock (_gate)
        {
            _watched.Add(watched);
            if (!_hasBegun)
            {
                _hasBegun = true;
                new Thread(Run) { IsBackground = true, Name = "links, time" }.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    public void Remove(IWatched watched)
    {
        lock (_gate)
        {
            _watched.Remove(watched);
        }
    }

    private void Run()
    {
        while (true)
        {
            TimeSpan before = Now;
            IWatched[] watched = WaitForTick();
            TimeSpan now = Now;
            foreach (IWatched each in watched)
            {
                each.OnTick(now, hasSlept: now - before > Slept);
            }
        }
    }

    private IWatched[] WaitForTick()
    {
        lock (_gate)
        {
            while (_watched.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            Monitor.Wait(_gate, Tick);
            return [.. _watched];
        }
    }
}
