namespace DistTrain.Numerics;

/// <summary>
/// A few columns of C = A · B beside whole vectors, which would fill little of one: computed as
/// Cᵀ = Bᵀ · Aᵀ, whose vectors run along the rows of A. Aᵀ is copied to panels first; the chains
/// are the same (N2).
/// </summary>
internal static unsafe class FewColumns<V>
    where V : struct, ILanes<V>
{
    /// <summary>A deeper panel would leave L2, and take memory that grows with k.</summary>
    private const int MaxDepth = 2048;

    /// <summary>How many of n columns, the last ones; 0: none.</summary>
    public static int Of(int m, int n, int k) =>
        m >= 2 * V.Count && k <= MaxDepth ? Tiles<V>.FewBeside(n, V.Count / 2) : 0;

    /// <summary>Numbers of scratch beside a tile's stack.</summary>
    public static int ScratchLength(int m, int n, int k)
    {
        int few = Of(m, n, k);
        return few == 0 ? 0 : Panel<V>.Length(k + few);
    }

    /// <param name="m">Rows of A and C.</param>
    /// <param name="column">The first of the columns.</param>
    /// <param name="few">How many.</param>
    /// <param name="s">Depth and strides of the whole product; one leaf.</param>
    /// <param name="a">(m, k), the numbers of a row side by side.</param>
    /// <param name="b">(k, n)</param>
    /// <param name="c">(m, n)</param>
    /// <param name="scratch">Of a tile's stack, and <see cref="ScratchLength"/> numbers.</param>
    /// <param name="epilogue">What is done to a block of C while it is in L1.</param>
    public static void Multiply<TEpilogue>(
        int m, int column, int few, in Operands s, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* block = scratch + Tiles<V>.StackLength;
        float* panel = block + Panel<V>.Length(few);
        for (int row = 0; row < m;)
        {
            int vectors = Tiles<V>.NextVectors(
                (m - row + V.Count - 1) / V.Count, Tiles<V>.MaxVectors);
            int width = vectors * V.Count;
            int rows = Math.Min(width, m - row);
            TransposedGemm<V>.ToPanel(
                rows, s.K, a + (row * s.RowStrideA), s.RowStrideA, panel, width);
            var swapped = new Operands(
                s.K, s.K, RowStrideA: 1, s.RowStrideB, width, width, width, LastCount: V.Count);
            Tiles<V>.Run(
                few, vectors, swapped, b + column, panel, panel + width - V.Count, block, scratch,
                next: null, panel: null);
            float* tile = c + (row * s.RowStrideC) + column;
            Transposition<V>.Copy(few, rows, block, width, tile, s.RowStrideC);
            epilogue.Run(tile, s.RowStrideC, row, column, rows, few);
            row += rows;
        }
    }
}
