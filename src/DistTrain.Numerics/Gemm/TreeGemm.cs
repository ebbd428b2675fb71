namespace DistTrain.Numerics;

/// <summary>
/// dW = Xᵀ · dZ with the microbatch tree inside the tile (N3): for each group of columns, which
/// stays in L1, all row tiles.
/// </summary>
internal static unsafe class TreeGemm<V>
    where V : struct, ILanes<V>
{
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
        for (int column = 0; column < n;)
        {
            ColumnGroup group = groups.At(column);
            for (int i = 0; i < m;)
            {
                int rows = Tiles<V>.NextRows(m - i, group.Vectors);
                PrefetchNext(m, i + rows, rows, group.Columns, s.RowStrideC, dw + column);
                Tiles<V>.Run(
                    rows, group.Vectors, group.S, x + (i * s.RowStrideA), group.First, group.Last,
                    dw + (i * s.RowStrideC) + column, scratch, group.First);
                i += rows;
            }

            column += group.Columns;
        }
    }

    private static void PrefetchNext(
        int m, int row, int rows, int columns, nint stride, float* dw)
    {
        int end = Math.Min(row + rows, m);
        for (int i = row; i < end; i++)
        {
            float* first = dw + (i * stride);
            for (int j = 0; j < columns; j += 16)
            {
                CachePrefetch.LineToL2(first + j);
            }
        }
    }
}
