namespace DistTrain.Simulation;

/// <summary>How often each number came.</summary>
public sealed class Histogram
{
    private readonly SortedDictionary<int, int> _counts = [];

    /// <summary>By number.</summary>
    public IReadOnlyDictionary<int, int> Counts => _counts;

    public int Total { get; private set; }

    /// <summary>Half of them are at most this; 0 if there are none.</summary>
    public int Median => Quantile(50);

    public void Add(int number)
    {
        _counts[number] = _counts.GetValueOrDefault(number) + 1;
        Total++;
    }

    /// <summary>The smallest number that <paramref name="percent"/> of them do not exceed.
    /// </summary>
    public int Quantile(int percent)
    {
        long before = 0;
        foreach ((int number, int count) in _counts)
        {
            before += count;
            if (before * 100 >= (long)Total * percent)
            {
                return number;
            }
        }

        return 0;
    }
}
