namespace DistTrain.Numerics;

/// <summary>
/// dW = Xᵀ · dZ with the microbatch tree inside the tile (N3): for each group of columns, which
/// stays in L1, all row tiles. A few columns beside whole vectors, which would fill little of one,
/// are computed as dWᵀ = dZᵀ · X, whose vectors run along the inputs: the same chains.
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

    /// <summary>Numbers of scratch for so many samples, and a dW of (m, n).</summary>
    public static int ScratchLength(int samples, int m, int n) =>
        Tiles<V>.StackLength + ColumnGroups<V>.EdgeLength(samples)
        + Math.Max(Panel<V>.Length(samples), FewColumns(m, n) * StrideOf(m));

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
        int few = FewColumns(m, n);
        if (few > 0)
        {
            Transposed(m, few, s, x, dz + n - few, dw + n - few, scratch);
            n -= few;
        }

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

    // Alone, ten classes say, up to three quarters of a vector take less time so; beside whole
    // vectors up to half of one.
    private static int FewColumns(int m, int n) => m < ManyRows
        ? 0
        : Tiles<V>.FewBeside(n, n < V.Count ? V.Count * 3 / 4 : V.Count / 2);

    private static int StrideOf(int m) => (m + V.Count - 1) / V.Count * V.Count;

    /// <summary>A few columns of dW as rows of dWᵀ = dZᵀ · X.</summary>
    private static void Transposed(
        int m, int few, in Operands s, float* x, float* dz, float* dw, float* scratch)
    {
        float* edge = scratch + Tiles<V>.StackLength;
        float* rows = edge + ColumnGroups<V>.EdgeLength(s.K);
        int stride = StrideOf(m);
        var swapped = new Operands(
            s.K, s.LeafDepth, RowStrideA: 1, s.RowStrideB, s.ColumnStrideA, stride);
        var groups = new ColumnGroups<V>(m, swapped, x, edge);
        for (int column = 0; column < m;)
        {
            ColumnGroup group = groups.At(column);
            Tiles<V>.Run(
                few, group.Vectors, group.S, dz, group.First, group.Last, rows + column, scratch,
                next: null, panel: null);
            column += group.Columns;
        }

        Transposition<V>.Copy(few, m, rows, stride, dw, s.RowStrideC);
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
