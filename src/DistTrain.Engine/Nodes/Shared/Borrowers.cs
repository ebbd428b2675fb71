namespace DistTrain.Engine;

/// <summary>The numbers of those to whom this process lends: one for each connection, given anew
/// when that is over.</summary>
internal static class Borrowers
{
    private static readonly Lock Gate = new();
    private static readonly SortedSet<int> Free =
        [.. Enumerable.Range(0, SharedTensor.MostBorrowers)];

    /// <returns>Null: there are too many connections.</returns>
    public static int? TryAdd()
    {
        lock (Gate)
        {
            if (Free.Count == 0)
            {
                return null;
            }

            int lowest = Free.Min;
            Free.Remove(lowest);
            return lowest;
        }
    }

    /// <summary>Once everything lent to it is back or lost.</summary>
    public static void Remove(int borrower)
    {
        lock (Gate)
        {
            Free.Add(borrower);
        }
    }
}
