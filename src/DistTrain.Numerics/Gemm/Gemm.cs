namespace DistTrain.Numerics;

/// <summary>
/// C = A · B, or a sum of such products over leaves of k (N3): for each group of columns of B, all
/// row tiles of A.
/// </summary>
internal static unsafe class Gemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Numbers of scratch that a product of depth k needs.</summary>
    public static int ScratchLength(int k) =>
        Tiles<V>.StackLength + ColumnGroup<V>.PanelLength(k);

    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="s">Depth and strides.</param>
    /// <param name="a">(m, k) through two strides.</param>
    /// <param name="b">(k, n)</param>
    /// <param name="c">(m, n)</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    /// <param name="epilogue">What is done to a tile of C while it is in L1.</param>
    public static void Multiply<TEpilogue>(
        int m, int n, in Operands s, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* panel = scratch + Tiles<V>.StackLength;
        for (int column = 0; column < n;)
        {
            var group = ColumnGroup<V>.Take(n - column, s, b + column, panel);
            Operands strides = group.S;
            for (int i = 0; i < m;)
            {
                int rows = Tiles<V>.NextRows(m - i, group.Vectors);
                float* tile = c + (i * s.RowStrideC) + column;
                Tiles<V>.Run(
                    rows, group.Vectors, strides, a + (i * s.RowStrideA), group.First, group.Last,
                    tile, scratch);
                epilogue.Run(tile, s.RowStrideC, i, column, rows, group.Columns);
                i += rows;
            }

            column += group.Columns;
        }
    }
}
