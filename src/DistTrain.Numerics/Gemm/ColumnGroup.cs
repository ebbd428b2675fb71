namespace DistTrain.Numerics;

/// <summary>
/// Some columns of B, as whole vectors that a tile can read. They stay where they are; copied are
/// only the last vector where B has no whole one left, so that no kernel reads beyond a row, and
/// groups whose row stride would put all rows into the same few sets of the caches.
/// </summary>
internal readonly unsafe struct ColumnGroup<V>
    where V : struct, ILanes<V>
{
    /// <summary>Rows that lie a multiple of 2 KB apart fall into few sets of L1 and L2.</summary>
    private const int ConflictNumbers = 512;

    /// <summary>So few rows do not drive each other out.</summary>
    private const int FewRows = 32;

    private ColumnGroup(
        int columns, int vectors, float* first, float* last, in Operands s)
    {
        Columns = columns;
        Vectors = vectors;
        First = first;
        Last = last;
        S = s;
    }

    /// <summary>Columns of the group.</summary>
    public int Columns { get; }

    /// <summary>Vectors that hold them.</summary>
    public int Vectors { get; }

    /// <summary>(k, all vectors but the last)</summary>
    public float* First { get; }

    /// <summary>(k, the last vector)</summary>
    public float* Last { get; }

    /// <summary>The strides with which to read them.</summary>
    public Operands S { get; }

    /// <summary>Numbers in a panel for depth k.</summary>
    public static int PanelLength(int k) => k * Tiles<V>.MaxVectors * V.Count;

    /// <summary>The next group when so many columns are left.</summary>
    /// <param name="left">Columns from <paramref name="b"/> on, 1 or more.</param>
    /// <param name="s">Depth and strides of the whole product.</param>
    /// <param name="b">(k, left)</param>
    /// <param name="panel"><see cref="PanelLength"/> numbers, for what has to be copied.</param>
    public static ColumnGroup<V> Take(int left, in Operands s, float* b, float* panel)
    {
        int vectors = Tiles<V>.NextVectors((left + V.Count - 1) / V.Count);
        int columns = Math.Min(vectors * V.Count, left);
        int before = (vectors - 1) * V.Count;
        int lastCount = columns - before;
        nint width = vectors * V.Count;
        if (s.RowStrideB % ConflictNumbers == 0 && s.K > FewRows)
        {
            PanelCopy<V>.Rows(b, s.RowStrideB, s.K, columns, panel, vectors);
            return new ColumnGroup<V>(
                columns, vectors, panel, panel + before,
                s with { RowStrideB = width, RowStrideLast = width, LastCount = lastCount });
        }

        if (lastCount < V.Count)
        {
            PanelCopy<V>.Rows(b + before, s.RowStrideB, s.K, lastCount, panel, 1);
            return new ColumnGroup<V>(
                columns, vectors, b, panel,
                s with { RowStrideLast = V.Count, LastCount = lastCount });
        }

        return new ColumnGroup<V>(
            columns, vectors, b, b + before,
            s with { RowStrideLast = s.RowStrideB, LastCount = V.Count });
    }
}
