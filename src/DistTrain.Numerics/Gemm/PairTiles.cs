namespace DistTrain.Numerics;

/// <summary>Picks the <see cref="PairTile{V, R, N}"/> for so many rows and vectors.</summary>
internal static unsafe class PairTiles<V>
    where V : struct, ILanes<V>
{
    /// <summary>Whether tiles of so many vectors are faster in pairs: 16 registers are too few for
    /// two leaves, and a single vector too few accumulators.</summary>
    public static bool AreFaster(int vectors, in Operands s) =>
        V.Registers >= 32 && vectors > 1 && s.K > s.LeafDepth;

    /// <summary>Most rows of a tile of 2 or 3 vectors: 12 accumulators for each leaf.</summary>
    public static int MaxRows(int vectors) => vectors == 2 ? 6 : 4;

    /// <summary>Runs the tiles of 2 or 3 vectors over all rows.</summary>
    /// <param name="m">Rows.</param>
    /// <param name="group">In a panel.</param>
    /// <inheritdoc cref="PairTile{V, R, N}.Run"/>
    public static void Run(
        int m, in ColumnGroup group, float* a, float* c, float* stack, bool prefetches)
    {
        int rows = MaxRows(group.Vectors);
        int below = m - (m % rows);
        Run(rows, m / rows, group, a, c, stack, prefetches);
        Run(
            m % rows, 1, group, a + below, c + (below * group.S.RowStrideC), stack,
            prefetches: false);
    }

    private static void Run(
        int rows, int tiles, in ColumnGroup group, float* a, float* c, float* stack,
        bool prefetches)
    {
        if (group.Vectors == 2)
        {
            Run<Two>(rows, tiles, group.S, a, group.First, c, stack, prefetches);
        }
        else
        {
            Run<Three>(rows, tiles, group.S, a, group.First, c, stack, prefetches);
        }
    }

    private static void Run<N>(
        int rows, int tiles, in Operands s, float* a, float* b, float* c, float* stack,
        bool next)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: PairTile<V, One, N>.Run(tiles, s, a, b, c, stack, next); break;
            case 2: PairTile<V, Two, N>.Run(tiles, s, a, b, c, stack, next); break;
            case 3: PairTile<V, Three, N>.Run(tiles, s, a, b, c, stack, next); break;
            case 4: PairTile<V, Four, N>.Run(tiles, s, a, b, c, stack, next); break;
            case 5: PairTile<V, Five, N>.Run(tiles, s, a, b, c, stack, next); break;
            case 6: PairTile<V, Six, N>.Run(tiles, s, a, b, c, stack, next); break;
        }
    }
}
