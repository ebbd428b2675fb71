namespace DistTrain.Numerics;

/// <summary>
/// dW = Xᵀ · dZ with the microbatch tree inside the tile (N3): for each group of columns, which
/// stays in L1, all row tiles.
/// </summary>
internal static unsafe class TreeGemm<V>
    where V : struct, ILanes<V>
{
    private const long FewNumbers = 128 * 1024;

    /// <summary>Rows of dW that make a panel of dZ worth its copying.</summary>
    private const int ManyRows = 32;

    /// <summary>Whether a dW of this size is not in L2 any more when it is written again: then the
    /// rows of the next tile are prefetched, which costs up to 9 % where they are there.</summary>
    public static bool LeavesL2(int m, int n) => (long)m * n > FewNumbers;

    /// <summary>Numbers of scratch for so many samples.</summary>
    public static int ScratchLength(int samples) =>
        Tiles<V>.StackLength
        + ColumnGroups<V>.EdgeLength(samples) + Panel<V>.Length(samples);

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
        float* edge = scratch + Tiles<V>.StackLength;
        float* panel = edge + ColumnGroups<V>.EdgeLength(s.K);
        var groups = new ColumnGroups<V>(n, s, dz, edge);
        bool leavesL2 = LeavesL2(m, n);
        for (int column = 0; column < n;)
        {
            ColumnGroup group = groups.At(column);
            if (m >= ManyRows)
            {
                group = Panel<V>.Copy(group, s.K, panel);
            }

            float* c = dw + column;
            if (m >= ManyRows && PairTiles<V>.AreFaster(group.Vectors, s))
            {
                PairTiles<V>.Run(m, group, x, c, scratch, leavesL2);
            }
            else
            {
                RowTiles(m, group, x, c, scratch, leavesL2);
            }

            column += group.Columns;
        }
    }

    private static void RowTiles(
        int m, in ColumnGroup group, float* x, float* c, float* stack, bool prefetches)
    {
        int most = Tiles<V>.MaxRows(group.Vectors);
        for (int i = 0; i < m;)
        {
            int rows = Tiles<V>.NextRows(m - i, most);
            float* tile = c + (i * group.S.RowStrideC);
            if (prefetches)
            {
                CachePrefetch.RowsToL2(
                    tile + (rows * group.S.RowStrideC), group.S.RowStrideC,
                    Math.Min(rows, m - i - rows), group.Columns);
            }

            Tiles<V>.Run(
                rows, group.Vectors, group.S, x + (i * group.S.RowStrideA), group.First,
                group.Last, tile, stack, next: null, panel: null);
            i += rows;
        }
    }
}
