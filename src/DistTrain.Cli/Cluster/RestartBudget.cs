namespace DistTrain.Cli;

/// <summary>How often and how soon a process that died is started again: what dies at once, again
/// and again, would else keep a core busy for nothing.</summary>
internal sealed class RestartBudget
{
    /// <summary>Restarts within <see cref="Window"/>.</summary>
    public const int Most = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private readonly Queue<TimeSpan> _restarts = new();

    /// <summary>It has died.</summary>
    /// <param name="now">Since any fixed moment.</param>
    /// <returns>How long to wait, twice as long each time; null: it is left dead.</returns>
    public TimeSpan? Next(TimeSpan now)
    {
        while (_restarts.TryPeek(out TimeSpan oldest) && now - oldest >= Window)
        {
            _restarts.Dequeue();
        }
        if (_restarts.Count >= Most)
        {
            return null;
        }
        _restarts.Enqueue(now);
        return FirstWait * (1 << (_restarts.Count - 1));
    }
}
