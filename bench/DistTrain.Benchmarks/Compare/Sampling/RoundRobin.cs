namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// Takes samples of several cells in alternation, one of each a round, so that a slow minute of the
/// machine falls on all of them.
/// </summary>
internal static class RoundRobin
{
    /// <summary>Rounds at most, in multiples of those asked for.</summary>
    private const int MostRepetitions = 3;

    // A thread pool that has just been used spins for a while before it sleeps.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Takes the rounds asked for, and up to three times as many while a cell has fewer than half
    /// of them counted.
    /// </summary>
    /// <param name="cells">Sampled in this order.</param>
    /// <param name="rounds">1 or more.</param>
    /// <param name="watch">Reads the machine between all samples.</param>
    /// <param name="settles">Whether what is measured may leave threads that spin.</param>
    public static void Run(
        IReadOnlyList<Cell> cells, int rounds, MachineWatch watch, bool settles)
    {
        bool withTwo = cells.Any(cell => cell.Threads > 1);
        MachineReading before = watch.Read(withTwo);
        for (int round = 0; round < MostRepetitions * rounds; round++)
        {
            if (round >= rounds && cells.All(cell => 2 * cell.Counted >= rounds))
                return;
            foreach (Cell cell in cells)
            {
                ProcessorPressure start = ProcessorPressure.Now();
                double value = cell.Threads == 1
                    ? OneProcessor.Run(() => cell.Take(round))
                    : cell.Take(round);
                double waiting = start.ShareUntilNow();
                if (settles)
                    Thread.Sleep(Settling);
                MachineReading after = watch.Read(withTwo);
                cell.Add(new Sample(value, before, after, waiting));
                before = after;
            }
        }
    }
}
