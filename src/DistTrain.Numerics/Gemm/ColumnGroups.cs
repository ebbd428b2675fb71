namespace DistTrain.Numerics;

/// <summary>
/// The columns of B in groups of whole vectors that a tile can read. B stays where it is; copied
/// here is only the last vector where B has no whole one left, so that no kernel reads beyond a
/// row.
/// </summary>
internal readonly unsafe struct ColumnGroups<V>
    where V : struct, ILanes<V>
{
    private readonly int _columns;
    private readonly Operands _s;
    private readonly float* _b;
    private readonly float* _edgePanel;

    /// <param name="columns">Columns of B.</param>
    /// <param name="s">Depth and strides of the product.</param>
    /// <param name="b">(k, columns)</param>
    /// <param name="edgePanel"><see cref="EdgeLength"/> numbers, for the last vector.</param>
    public ColumnGroups(int columns, in Operands s, float* b, float* edgePanel)
    {
        _columns = columns;
        _s = s;
        _b = b;
        _edgePanel = edgePanel;
        int edge = columns % V.Count;
        if (edge > 0)
        {
            CopyEdge(b + columns - edge, s.RowStrideB, s.K, edge, edgePanel);
        }
    }

    /// <summary>Numbers that the last vectors of k rows take.</summary>
    public static int EdgeLength(int k) => k * V.Count;

    /// <summary>The group that begins at a column, a whole number of vectors from the first.
    /// </summary>
    public ColumnGroup At(int column, int maxVectors = Tiles<V>.MaxVectors)
    {
        int left = _columns - column;
        int vectors = Tiles<V>.NextVectors((left + V.Count - 1) / V.Count, maxVectors);
        int before = (vectors - 1) * V.Count;
        int columns = Math.Min(before + V.Count, left);
        int lastCount = columns - before;
        bool isCopied = lastCount < V.Count;
        bool isPanel = isCopied && vectors == 1;
        float* first = _b + column;
        return new ColumnGroup
        {
            Columns = columns,
            Vectors = vectors,
            IsPanel = isPanel,
            First = isPanel ? _edgePanel : first,
            Last = isCopied ? _edgePanel : first + before,
            S = _s with
            {
                RowStrideB = isPanel ? V.Count : _s.RowStrideB,
                RowStrideLast = isCopied ? V.Count : _s.RowStrideB,
                LastCount = lastCount,
                NextStride = _s.RowStrideB,
            },
        };
    }

    private static void CopyEdge(float* b, nint rowStride, int rows, int columns, float* panel)
    {
        for (int row = 0; row < rows; row++)
        {
            V.Store(panel, V.LoadPartial(b, columns));
            b += rowStride;
            panel += V.Count;
        }
    }
}

/// <summary>One group: where its vectors are, and the strides with which to read them.</summary>
internal readonly unsafe struct ColumnGroup
{
    public required int Columns { get; init; }

    /// <summary>Vectors that hold them, the last one perhaps in part.</summary>
    public required int Vectors { get; init; }

    /// <summary>They stand in a panel already: a copy, row after row without gaps.</summary>
    public bool IsPanel { get; init; }

    /// <summary>(k, all vectors but the last)</summary>
    public required float* First { get; init; }

    /// <summary>(k, the last vector)</summary>
    public required float* Last { get; init; }

    public required Operands S { get; init; }

    /// <summary>Rows <paramref name="first"/> … <paramref name="end"/> − 1, as one leaf.</summary>
    public ColumnGroup Block(int first, int end) => this with
    {
        First = First + (first * S.RowStrideB),
        Last = Last + (first * S.RowStrideLast),
        S = S with { K = end - first, LeafDepth = end - first, Continues = first > 0 },
    };

    /// <summary>The same columns in a panel: all vectors of a row, then those of the next.
    /// </summary>
    /// <param name="panel">(k, <see cref="Vectors"/> vectors)</param>
    /// <param name="lanes">Numbers in a vector.</param>
    public ColumnGroup InPanel(float* panel, int lanes)
    {
        int width = Vectors * lanes;
        return this with
        {
            IsPanel = true,
            First = panel,
            Last = panel + width - lanes,
            S = S with { RowStrideB = width, RowStrideLast = width },
        };
    }
}
