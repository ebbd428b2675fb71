namespace DistTrain.Numerics;

/// <summary>C = A · B, for each group of columns of B all row tiles of A.</summary>
/// <remarks>
/// BLIS's loops: rows of A in blocks that stay in L2 (MC), columns of B in groups (NR), k in blocks
/// so that a group's panel stays in L2 too (KC), row tiles (MR). Most layers are a single block;
/// where k is cut, the chains go on from what C holds. The first row tile of a block reads B where
/// it stands and leaves its rows behind as a panel for the other tiles: packing costs a few stores
/// beside the multiplications of one tile. The tiles prefetch what the next block of B reads.
/// </remarks>
internal static unsafe class Gemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>KC: a panel of at most 384 KB.</summary>
    private const int MaxDepth = 2048;

    /// <summary>Rows of B that lie a multiple of 2 KB apart share few sets of the caches.</summary>
    private const int ConflictNumbers = 512;

    /// <summary>KC there, so that what is prefetched stays in L2 until it is read.</summary>
    private const int ConflictDepth = 128;

    /// <summary>MC · k: 1 MB of A.</summary>
    private const int BlockNumbers = 256 * 1024;

    /// <summary>Row tiles that make a panel worth its stores.</summary>
    private const int ManyTiles = 4;

    private const int LineNumbers = 16;

    /// <summary>Numbers of scratch that a product of depth k needs.</summary>
    public static int ScratchLength(int k) => Tiles<V>.StackLength
        + ColumnGroups<V>.EdgeLength(k) + Panel<V>.Length(Math.Min(k, MaxDepth));

    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="s">Depth and strides; one leaf.</param>
    /// <param name="a">(m, k), the numbers of a row side by side.</param>
    /// <param name="b">(k, n)</param>
    /// <param name="c">(m, n)</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    /// <param name="epilogue">What is done to a tile of C while it is in L1.</param>
    public static void Multiply<TEpilogue>(
        int m, int n, in Operands s, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* edge = scratch + Tiles<V>.StackLength;
        float* panel = edge + ColumnGroups<V>.EdgeLength(s.K);
        var groups = new ColumnGroups<V>(n, s, b, edge);
        int depth = s.RowStrideB % ConflictNumbers == 0 ? ConflictDepth : MaxDepth;
        int blocks = Math.Max(1, CeilingOf(s.K, depth));
        int most = Math.Max(BlockNumbers / Math.Max(1, s.K), Tiles<V>.MaxRows(1));
        for (int row = 0; row < m;)
        {
            int rows = Tiles<V>.NextRows(m - row, most);
            for (int column = 0; column < n;)
            {
                ColumnGroup group = groups.At(column);
                for (int block = 0; block < blocks; block++)
                {
                    int first = (int)((long)s.K * block / blocks);
                    int end = (int)((long)s.K * (block + 1) / blocks);
                    bool isLast = block == blocks - 1;
                    var place = new Place(
                        row, rows, column, isLast,
                        isLast ? b + column + group.Columns : group.First + (end * s.RowStrideB),
                        isLast ? n - column - group.Columns : group.Columns);
                    RowTiles(
                        place, group.Block(first, end), a + first, c, scratch, panel, epilogue);
                }

                column += group.Columns;
            }

            row += rows;
        }
    }

    /// <summary>The row tiles of one block of A over one block of a group.</summary>
    private static void RowTiles<TEpilogue>(
        in Place at, in ColumnGroup group, float* a, float* c, float* stack, float* panel,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Operands s = group.S;
        int most = Tiles<V>.MaxRows(group.Vectors);
        bool packs = CeilingOf(at.Rows, most) >= ManyTiles && Panel<V>.Serves(s);
        ColumnGroup packed = group.InPanel(panel, V.Count);
        int line = 0;
        for (int i = 0; i < at.Rows; line += LineNumbers)
        {
            // The first tiles prefetch a line of each row of the next block, and one more, as it
            // may begin within one.
            bool prefetches = line < Math.Min(group.Columns + LineNumbers, at.NextColumns);
            float* next = prefetches ? at.Next + line : null;
            int rows = Tiles<V>.NextRows(at.Rows - i, most);
            int row = at.Row + i;
            float* tile = c + (row * s.RowStrideC) + at.Column;
            if (packs && i > 0)
            {
                PanelTiles<V>.Run(
                    rows, packed, a + (row * s.RowStrideA), tile, next, s.RowStrideB);
            }
            else
            {
                Tiles<V>.Run(
                    rows, group.Vectors, s, a + (row * s.RowStrideA), group.First, group.Last,
                    tile, stack, next, packs ? panel : null);
            }

            if (at.IsLast)
            {
                epilogue.Run(tile, s.RowStrideC, row, at.Column, rows, group.Columns);
            }

            i += rows;
        }
    }

    private static int CeilingOf(int count, int size) => (count + size - 1) / size;

    /// <summary>Where some row tiles are.</summary>
    /// <param name="row">The first row in C.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="column">The first column in C.</param>
    /// <param name="isLast">Whether the chains end here.</param>
    /// <param name="next">What the next block of B begins with.</param>
    /// <param name="nextColumns">Columns from there on.</param>
    private readonly struct Place(
        int row, int rows, int column, bool isLast, float* next, int nextColumns)
    {
        public readonly int Row = row, Rows = rows, Column = column, NextColumns = nextColumns;
        public readonly bool IsLast = isLast;
        public readonly float* Next = next;
    }
}
