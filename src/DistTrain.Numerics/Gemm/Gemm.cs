namespace DistTrain.Numerics;

/// <summary>C = A · B, for each group of columns of B all row tiles of A.</summary>
/// <remarks>
/// The five loops of BLIS come down to three here, since B is not packed: columns, k, rows. Rows
/// of B that lie a multiple of 2 KB apart fall into few sets of the caches; then k is blocked, so
/// that a block of a group stays in L2, and the chains go on from what C holds.
/// </remarks>
internal static unsafe class Gemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Rows that lie a multiple of 2 KB apart drive each other out of L1 and L2.</summary>
    private const int ConflictNumbers = 512;

    /// <summary>KC where they do: half of the lines that fit into L2 at such a distance.</summary>
    private const int ConflictDepth = 128;

    /// <summary>Numbers of scratch that a product of depth k needs.</summary>
    public static int ScratchLength(int k) =>
        Tiles<V>.StackLength + ColumnGroups<V>.PanelLength(k);

    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="s">Depth and strides; one leaf.</param>
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
        var groups = new ColumnGroups<V>(n, s, b, scratch + Tiles<V>.StackLength);
        int blocks = BlocksOf(s);
        for (int column = 0; column < n;)
        {
            ColumnGroup group = groups.At(column);
            for (int block = 0; block < blocks; block++)
            {
                int first = (int)((long)s.K * block / blocks);
                int end = (int)((long)s.K * (block + 1) / blocks);
                Operands part = group.S with
                {
                    K = end - first,
                    LeafDepth = end - first,
                    Continues = block > 0,
                };
                int ahead = 0;
                for (int i = 0; i < m; ahead++)
                {
                    // The first tiles prefetch a line each of the rows of the next group.
                    int soon = column + group.Columns + (ahead * V.Count);
                    float* next = ahead < group.Vectors && soon < n
                        ? b + soon + (first * s.RowStrideB)
                        : null;
                    int rows = Tiles<V>.NextRows(
                        m - i, Tiles<V>.MaxRows(group.Vectors));
                    float* tile = c + (i * s.RowStrideC) + column;
                    Tiles<V>.Run(
                        rows, group.Vectors, part,
                        a + (i * s.RowStrideA) + (first * s.ColumnStrideA),
                        group.First + (first * part.RowStrideB),
                        group.Last + (first * part.RowStrideLast), tile, scratch, next);
                    if (block == blocks - 1)
                    {
                        epilogue.Run(tile, s.RowStrideC, i, column, rows, group.Columns);
                    }

                    i += rows;
                }
            }

            column += group.Columns;
        }
    }

    private static int BlocksOf(in Operands s) =>
        s.RowStrideB % ConflictNumbers == 0 && s.K > ConflictDepth
            ? (s.K + ConflictDepth - 1) / ConflictDepth
            : 1;
}
