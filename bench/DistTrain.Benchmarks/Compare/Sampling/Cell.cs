namespace DistTrain.Benchmarks.Compare;

/// <summary>One value and what the machine did meanwhile.</summary>
/// <param name="Value">What was measured.</param>
/// <param name="Before">The machine just before.</param>
/// <param name="After">The machine just after.</param>
/// <param name="Waiting">Share of its time in which some program waited for a processor.</param>
internal readonly record struct Sample(
    double Value, MachineReading Before, MachineReading After, double Waiting);

/// <summary>One thing that is measured: its samples, and what they say.</summary>
/// <param name="watch">Judges the samples.</param>
/// <param name="name">For progress.</param>
/// <param name="threads">Threads that it computes on: 1 or 2.</param>
/// <param name="take">Takes one value; the argument is the round, from 0.</param>
internal sealed class Cell(
    MachineWatch watch, string name, int threads, Func<int, double> take)
{
    private readonly List<Sample> _samples = [];

    public string Name => name;

    public int Threads => threads;

    /// <summary>The median of the samples that count; NaN of none.</summary>
    public double Value => Median.Of([.. CountedValues.Select(counted => counted.Value)]);

    /// <summary>The samples that count, by their number from 0.</summary>
    public IEnumerable<(int Index, double Value)> CountedValues => _samples.Index()
        .Where(sample => IsCounted(sample.Item))
        .Select(sample => (sample.Index, sample.Item.Value));

    public int Counted => _samples.Count(IsCounted);

    public int Dropped => _samples.Count - Counted;

    public double Take(int round) => take(round);

    public void Add(Sample sample) => _samples.Add(sample);

    private bool IsCounted(Sample sample) => watch.Counts(sample, threads);
}
