namespace DistTrain.Numerics;

/// <summary>
/// A group of columns of B, copied row after row without gaps (BLIS: a micro-panel of B̃). A tile
/// then reads whole cache lines in sequence, whatever the row stride and the alignment of B: the
/// processor fetches them ahead, and a panel takes few translations of addresses where rows of B
/// would each lie on another page.
/// </summary>
internal static unsafe class Panel<V>
    where V : struct, ILanes<V>
{
    /// <summary>Rows of B that are 2 KB apart or more fall on a new page every time or every other
    /// time, and the processor's own prefetchers do not follow them.</summary>
    private const int FarApart = 512;

    /// <summary>Numbers in a panel of k rows.</summary>
    public static int Length(int k, int vectors = Tiles<V>.MaxVectors) => k * vectors * V.Count;

    /// <summary>Whether vectors of B lie across two cache lines, each of which is read.</summary>
    public static bool Aligns(in Operands s) => s.RowStrideB % V.Count != 0;

    /// <summary>Whether a panel is faster to read than B itself.</summary>
    public static bool Serves(in Operands s) => Aligns(s) || s.RowStrideB >= FarApart;

    /// <summary>Copies a group of k rows.</summary>
    /// <param name="group">Its columns.</param>
    /// <param name="k">Rows.</param>
    /// <param name="panel"><see cref="Length"/> numbers.</param>
    /// <returns>The group as it is read from the panel.</returns>
    public static ColumnGroup Copy(in ColumnGroup group, int k, float* panel)
    {
        CopyRows(group, 0, k, panel);
        return group.InPanel(panel, V.Count);
    }

    /// <summary>Copies some of a group's rows to their place in its panel.</summary>
    public static void CopyRows(in ColumnGroup group, int firstRow, int end, float* panel)
    {
        int before = (group.Vectors - 1) * V.Count;
        float* first = group.First + (firstRow * group.S.RowStrideB);
        float* last = group.Last + (firstRow * group.S.RowStrideLast);
        float* to = panel + (firstRow * (nint)(before + V.Count));
        for (int row = firstRow; row < end; row++)
        {
            for (int j = 0; j < before; j += V.Count)
            {
                V.Store(to + j, V.Load(first + j));
            }

            V.Store(to + before, V.Load(last));
            first += group.S.RowStrideB;
            last += group.S.RowStrideLast;
            to += before + V.Count;
        }
    }
}
