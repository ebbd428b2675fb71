namespace DistTrain.Numerics;

/// <summary>
/// The columns of B in groups of whole vectors that a tile can read. B stays where it is; copied is
/// only the last vector where B has no whole one left, so that no kernel reads beyond a row.
/// </summary>
internal readonly unsafe struct ColumnGroups<V>
    where V : struct, ILanes<V>
{
    private readonly int _columns;
    private readonly Operands _s;
    private readonly float* _b;
    private readonly float* _panel;

    /// <param name="columns">Columns of B.</param>
    /// <param name="s">Depth and strides of the product.</param>
    /// <param name="b">(k, columns)</param>
    /// <param name="panel"><see cref="PanelLength"/> numbers, for what has to be copied.</param>
    public ColumnGroups(int columns, in Operands s, float* b, float* panel)
    {
        _columns = columns;
        _s = s;
        _b = b;
        _panel = panel;
        int edge = columns % V.Count;
        if (edge > 0)
        {
            Pack(b + columns - edge, s.RowStrideB, s.K, edge, panel);
        }
    }

    /// <summary>Numbers in a panel for depth k.</summary>
    public static int PanelLength(int k) => k * V.Count;

    /// <summary>The group that begins at a column, a whole number of vectors from the first.
    /// </summary>
    public ColumnGroup At(int column, int maxVectors = Tiles<V>.MaxVectors)
    {
        int left = _columns - column;
        int vectors = Tiles<V>.NextVectors((left + V.Count - 1) / V.Count, maxVectors);
        int before = (vectors - 1) * V.Count;
        int columns = Math.Min(before + V.Count, left);
        int lastCount = columns - before;
        bool isPacked = lastCount < V.Count;
        float* first = _b + column;
        return new ColumnGroup
        {
            Columns = columns,
            Vectors = vectors,
            First = first,
            Last = isPacked ? _panel : first + before,
            S = _s with
            {
                RowStrideLast = isPacked ? V.Count : _s.RowStrideB,
                LastCount = lastCount,
            },
        };
    }

    private static void Pack(float* b, nint rowStride, int rows, int columns, float* panel)
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

    /// <summary>(k, all vectors but the last)</summary>
    public required float* First { get; init; }

    /// <summary>(k, the last vector)</summary>
    public required float* Last { get; init; }

    public required Operands S { get; init; }
}
