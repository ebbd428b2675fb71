namespace DistTrain.Numerics;

/// <summary>C = A · B, for each group of columns of B all row tiles of A.</summary>
/// <remarks>
/// BLIS's loops: rows of A in blocks that stay in L2 (MC), columns of B in groups (NR), k in blocks
/// so that a group's panel stays in L2 too (KC), row tiles (MR). Most layers are a single block;
/// where k is cut, the chains go on from what C holds. The first row tile of a block reads B where
/// it stands and leaves its rows behind as a panel for the other tiles: packing costs a few stores
/// beside the multiplications of one tile. Where A has several blocks all panels are kept, and only
/// the first block reads B itself. The tiles prefetch what the next block of B reads. A few columns
/// beside whole vectors are <see cref="FewColumns{V}"/>.
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

    /// <summary>Panels that are kept: 16 MB.</summary>
    private const int MostKept = 4 * 1024 * 1024;

    private const int LineNumbers = 16;

    /// <summary>Numbers of scratch that a product of (m, k) and (k, n) needs.</summary>
    public static int ScratchLength(int m, int n, int k) => Tiles<V>.StackLength
        + ColumnGroups<V>.EdgeLength(k)
        + Math.Max(
            KeepsPanels(m, n, k) ? (int)PanelsLength(n, k) : Panel<V>.Length(Math.Min(k, MaxDepth)),
            FewColumns<V>.ScratchLength(m, n, k));

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
        int few = FewColumns<V>.Of(m, n, s.K);
        if (few > 0)
        {
            n -= few;
            FewColumns<V>.Multiply(m, n, few, s, a, b, c, scratch, epilogue);
        }

        var groups = new ColumnGroups<V>(n, s, b, edge);
        bool keeps = KeepsPanels(m, n, s.K) && Panel<V>.Serves(s);
        for (int row = 0; row < m;)
        {
            int rows = Tiles<V>.NextRows(m - row, MostRows(s.K));
            bool isPacked = keeps && row > 0;
            int depth = !isPacked && s.RowStrideB % ConflictNumbers == 0
                ? ConflictDepth : MaxDepth;
            int blocks = Math.Max(1, CeilingOf(s.K, depth));
            for (int column = 0; column < n;)
            {
                ColumnGroup group = groups.At(column);
                ColumnGroup read = isPacked && !group.IsPanel
                    ? group.InPanel(panel + (column * (nint)s.K), V.Count) : group;
                for (int block = 0; block < blocks; block++)
                {
                    int first = (int)((long)s.K * block / blocks);
                    int end = (int)((long)s.K * (block + 1) / blocks);
                    bool isLast = block == blocks - 1;
                    var place = new Place(
                        row, rows, column, isLast,
                        isLast && !isPacked
                            ? b + column + group.Columns
                            : read.First + (end * read.S.RowStrideB),
                        isLast ? n - column - group.Columns : group.Columns);
                    nint kept = keeps
                        ? (column * (nint)s.K) + (first * (nint)group.Vectors * V.Count) : 0;
                    RowTiles(
                        place, read.Block(first, end), a + first, c, scratch, panel + kept,
                        epilogue);
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
        bool packs = !group.IsPanel
            && CeilingOf(at.Rows, most) >= ManyTiles && Panel<V>.Serves(s);
        ColumnGroup packed = packs ? group.InPanel(panel, V.Count) : group;
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
            if (group.IsPanel || (packs && i > 0))
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

    /// <summary>MC.</summary>
    private static int MostRows(int k) =>
        Math.Max(BlockNumbers / Math.Max(1, k), Tiles<V>.MaxRows(1));

    /// <summary>Whether several blocks of rows read the panels that the first one, of many tiles,
    /// has made.</summary>
    private static bool KeepsPanels(int m, int n, int k) =>
        m > MostRows(k) && MostRows(k) >= 2 * ManyTiles * Tiles<V>.MaxRows(1)
        && PanelsLength(n, k) <= MostKept;

    private static long PanelsLength(int n, int k) =>
        (long)CeilingOf(n, V.Count) * V.Count * k;

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
