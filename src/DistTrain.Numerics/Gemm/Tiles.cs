namespace DistTrain.Numerics;

/// <summary>
/// How C is cut into tiles: columns in groups of 2 and 3 vectors (MR × NR, BLIS would say), rows in
/// tiles as equal as can be, so that none is much smaller than the registers allow.
/// </summary>
internal static unsafe class Tiles<V>
    where V : struct, ILanes<V>
{
    /// <summary>Most vectors in a row of a tile.</summary>
    public const int MaxVectors = 3;

    // A counter of at most 2³¹ leaves has at most 31 unfinished sums.
    private const int MaxPartials = 32;
    private const int MaxRowsOfAny = 12;

    /// <summary>Numbers on the stack of a tile's unfinished sums.</summary>
    public static int StackLength =>
        MaxPartials * (V.Registers - 1 - MaxVectors) * V.Count;

    /// <summary>Vectors in the next group of <paramref name="left"/>: as many as there can be, and
    /// one less where a single one would be left over.</summary>
    public static int NextVectors(int left, int most) =>
        left == most + 1 ? most - 1 : Math.Min(left, most);

    /// <summary>Columns beside whole vectors that are better made rows of the transposed product,
    /// since they would fill little of a vector; 0: none.</summary>
    /// <param name="columns">Of the product.</param>
    /// <param name="most">So many fill too much of one.</param>
    public static int FewBeside(int columns, int most)
    {
        int beside = columns % V.Count;
        return beside <= most ? beside : 0;
    }

    /// <summary>Most rows of a tile of so many vectors: its accumulators, a row of B and one
    /// number of A fill the registers.</summary>
    public static int MaxRows(int vectors) =>
        Math.Min(MaxRowsOfAny, (V.Registers - 1 - vectors) / vectors);

    /// <summary>Rows of the next tile of <paramref name="most"/> at most when
    /// <paramref name="left"/> rows are left: as few tiles as there can be, as equal as can be.
    /// </summary>
    public static int NextRows(int left, int most)
    {
        int tiles = (left + most - 1) / most;
        return (left + tiles - 1) / tiles;
    }

    /// <summary>Runs the tile of so many rows and vectors.</summary>
    /// <inheritdoc cref="Tile{V, R, N}.Run"/>
    public static void Run(
        int rows, int vectors, in Operands s, float* a, float* b, float* last, float* c,
        float* stack, float* next, float* panel)
    {
        switch (vectors)
        {
            case 1: Run<One>(rows, s, a, b, last, c, stack, next, panel); break;
            case 2: Run<Two>(rows, s, a, b, last, c, stack, next, panel); break;
            default: Run<Three>(rows, s, a, b, last, c, stack, next, panel); break;
        }
    }

    private static void Run<N>(
        int rows, in Operands s, float* a, float* b, float* last, float* c, float* stack,
        float* next, float* panel)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: Tile<V, One, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 2: Tile<V, Two, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 3: Tile<V, Three, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 4: Tile<V, Four, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 5: Tile<V, Five, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 6: Tile<V, Six, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 7: Tile<V, Seven, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 8: Tile<V, Eight, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 9: Tile<V, Nine, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 10: Tile<V, Ten, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 11: Tile<V, Eleven, N>.Run(s, a, b, last, c, stack, next, panel); break;
            case 12: Tile<V, Twelve, N>.Run(s, a, b, last, c, stack, next, panel); break;
        }
    }
}
