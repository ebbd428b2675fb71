namespace DistTrain.Numerics;

/// <summary>
/// dW = Xᵀ · dZ with the microbatch tree inside the tile (N3): for each group of columns, which
/// stays in L1, all row tiles.
/// </summary>
internal static unsafe class TreeGemm<V>
    where V : struct, ILanes<V>
{
    private const long FewNumbers = 128 * 1024;

    /// <summary>Whether a dW of this size is not in L2 any more when it is written again: then the
    /// rows of the next tile are prefetched, which costs up to 9 % where they are there.</summary>
    public static bool LeavesL2(int m, int n) => (long)m * n > FewNumbers;

    /// <summary>Numbers of scratch for so many samples.</summary>
    public static int ScratchLength(int samples) =>
        Tiles<V>.StackLength + ColumnGroups<V>.PanelLength(samples);

    /// <param name="m">Rows of dW.</param>
    /// <param name="n">Columns of dW.</param>
    /// <param name="s">Depth: samples; leaves: microbatches; A is Xᵀ.</param>
    /// <param name="x">(samples, m) through the strides of A.</param>
    /// <param name="dz">(samples, n)</param>
    /// <param name="dw">(m, n)</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    public static void Multiply(
        int m, int n, in Operands s, float* x, float* dz, float* dw, float* scratch)
    {
        var groups = new ColumnGroups<V>(n, s, dz, scratch + Tiles<V>.StackLength);
        bool leavesL2 = LeavesL2(m, n);
        for (int column = 0; column < n;)
        {
            ColumnGroup group = groups.At(column);
            bool inPairs = PairTiles<V>.AreFaster(group.Vectors, s);
            int maxRows = inPairs
                ? PairTiles<V>.MaxRows(group.Vectors)
                : Tiles<V>.MaxRows(group.Vectors);
            for (int i = 0; i < m;)
            {
                int rows = Tiles<V>.NextRows(m - i, maxRows);
                float* tile = dw + (i * s.RowStrideC) + column;
                if (leavesL2)
                {
                    CachePrefetch.RowsToL2(
                        tile + (rows * s.RowStrideC), s.RowStrideC, Math.Min(rows, m - i - rows),
                        group.Columns);
                }

                Run(inPairs, rows, group, x + (i * s.RowStrideA), tile, scratch);
                i += rows;
            }

            column += group.Columns;
        }
    }

    private static void Run(
        bool inPairs, int rows, in ColumnGroup group, float* a, float* c, float* stack)
    {
        if (inPairs)
        {
            PairTiles<V>.Run(rows, group, a, c, stack);
        }
        else
        {
            Tiles<V>.Run(
                rows, group.Vectors, group.S, a, group.First, group.Last, c, stack, next: null);
        }
    }
}
