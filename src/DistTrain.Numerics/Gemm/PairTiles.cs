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

    /// <summary>Runs the tile of so many rows and 2 or 3 vectors.</summary>
    /// <inheritdoc cref="Tile{V, R, N}.Run"/>
    public static void Run(
        int rows, in ColumnGroup group, float* a, float* c, float* stack)
    {
        if (group.Vectors == 2)
        {
            Run<Two>(rows, group.S, a, group.First, group.Last, c, stack);
        }
        else
        {
            Run<Three>(rows, group.S, a, group.First, group.Last, c, stack);
        }
    }

    private static void Run<N>(
        int rows, in Operands s, float* a, float* b, float* last, float* c, float* stack)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: PairTile<V, One, N>.Run(s, a, b, last, c, stack); break;
            case 2: PairTile<V, Two, N>.Run(s, a, b, last, c, stack); break;
            case 3: PairTile<V, Three, N>.Run(s, a, b, last, c, stack); break;
            case 4: PairTile<V, Four, N>.Run(s, a, b, last, c, stack); break;
            case 5: PairTile<V, Five, N>.Run(s, a, b, last, c, stack); break;
            case 6: PairTile<V, Six, N>.Run(s, a, b, last, c, stack); break;
        }
    }
}
