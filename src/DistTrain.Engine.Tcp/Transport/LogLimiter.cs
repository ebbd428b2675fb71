namespace DistTrain.Engine.Tcp;

/// <summary>
/// Lines about things that strangers can cause as often as they like: the first of each cause at
/// once, then at most one in an interval, with the number of those in between. Counts all of them.
/// Safe for several threads.
/// </summary>
internal sealed class LogLimiter<TCause>(
    Action<string> write, TimeSpan interval, Func<TimeSpan> clock)
    where TCause : struct, Enum
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TCause, Entry> _entries = [];

    /// <summary>How often this happened.</summary>
    public long Count(TCause cause)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(cause, out Entry? entry) ? entry.Count : 0;
        }
    }

    public void Report(TCause cause, string line)
    {
        lock (_gate)
        {
            TimeSpan now = clock();
            if (!_entries.TryGetValue(cause, out Entry? entry))
            {
                _entries[cause] = new Entry { Count = 1, LastLine = now };
                write(line);
                return;
            }

            entry.Count++;
            entry.Unsaid++;
            if (now - entry.LastLine >= interval)
            {
                long others = entry.Unsaid - 1;
                write(others == 0
                    ? line
                    : $"{line} (and {others} like it since the last such line)");
                entry.Unsaid = 0;
                entry.LastLine = now;
            }
        }
    }

    private sealed class Entry
    {
        public long Count { get; set; }

        public long Unsaid { get; set; }

        public TimeSpan LastLine { get; set; }
    }
}
