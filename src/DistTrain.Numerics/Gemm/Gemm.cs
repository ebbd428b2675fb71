namespace DistTrain.Numerics;

/// <summary>
/// C = A · B over tiles: for each group of columns of B, all row tiles of A. No packing, except of
/// the columns left over beside whole vectors.
/// </summary>
internal static unsafe class Gemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Numbers of scratch that a product of depth k needs.</summary>
    public static int ScratchLength(int k) => k * V.Count;

    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="s">Depth and strides.</param>
    /// <param name="a">(m, k) through two strides.</param>
    /// <param name="b">(k, n)</param>
    /// <param name="c">(m, n)</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    public static void Multiply(
        int m, int n, in Operands s, float* a, float* b, float* c, float* scratch)
    {
        int vectorsLeft = n / V.Count;
        while (vectorsLeft > 0)
        {
            int vectors = ColumnGroups.Next(vectorsLeft);
            Columns(m, vectors, s, a, b, c);
            b += vectors * V.Count;
            c += vectors * V.Count;
            vectorsLeft -= vectors;
        }

        int edge = n % V.Count;
        if (edge > 0)
        {
            EdgePanel<V>.Pack(b, s.RowStrideB, s.K, edge, scratch);
            EdgeColumns(m, edge, s with { RowStrideB = V.Count }, a, scratch, c);
        }
    }

    private static void Columns(int m, int vectors, in Operands s, float* a, float* b, float* c)
    {
        for (int i = 0; i < m;)
        {
            int rows = Tile<V>.RowsFor(vectors, m - i);
            Tile<V>.Run(s, rows, vectors, a + (i * s.RowStrideA), b, c + (i * s.RowStrideC));
            i += rows;
        }
    }

    private static void EdgeColumns(
        int m, int columns, in Operands s, float* a, float* panel, float* c)
    {
        float* tile = stackalloc float[Tile<V>.NarrowRows * V.Count];
        Operands intoTile = s with { RowStrideC = V.Count };
        for (int i = 0; i < m;)
        {
            int rows = Tile<V>.RowsFor(1, m - i);
            Tile<V>.Run(intoTile, rows, 1, a + (i * s.RowStrideA), panel, tile);
            for (int row = 0; row < rows; row++, i++)
            {
                V.StorePartial(c + (i * s.RowStrideC), V.Load(tile + (row * V.Count)), columns);
            }
        }
    }
}
