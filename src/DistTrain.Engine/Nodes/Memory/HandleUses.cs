namespace DistTrain.Engine;

/// <summary>
/// Where the tables of a node begin to count the uses of their places: each elsewhere, so that a
/// handle which a connection still has of a table of before (another run, a slice that moved) names
/// nothing in the one that stands there now.
/// </summary>
internal static class HandleUses
{
    // So many uses of one place lie between two tables.
    private const int Shift = 20;

    private static int _tables;

    public static int Next() => (Interlocked.Increment(ref _tables) << Shift) & int.MaxValue;
}
