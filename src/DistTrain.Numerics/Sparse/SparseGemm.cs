namespace DistTrain.Numerics;

/// <summary>
/// The products of the first layer with the zeros of its inputs skipped: same bits as
/// <see cref="Gemm{V}"/>, in the time of the terms that are not zero.
/// </summary>
internal static unsafe class SparseGemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Samples that make a panel of W worth its copying, where it aligns the vectors: 10 %
    /// of a product. Rows far apart alone are not worth it, as no list reads all of them.</summary>
    private const int ManySamples = 64;

    /// <summary>Numbers of scratch that a product over so many features needs.</summary>
    public static int ScratchLength(int features) => Tiles<V>.StackLength
        + ColumnGroups<V>.EdgeLength(features)
        + Panel<V>.Length(features, SparseTiles<V>.MaxListVectors);

    /// <summary>Z = X · W: a few samples at a time, over the features that any of them has.
    /// </summary>
    /// <inheritdoc cref="Gemm{V}.Multiply"/>
    /// <param name="map">The non-zeros of A.</param>
    public static void Multiply<TEpilogue>(
        int m, int n, in Operands s, NonzeroMap map, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* edge = scratch + Tiles<V>.StackLength;
        float* panel = edge + ColumnGroups<V>.EdgeLength(s.K);
        var groups = new ColumnGroups<V>(n, s, b, edge);
        fixed (ushort* lists = map.Lists)
        {
            for (int column = 0; column < n;)
            {
                ColumnGroup group = groups.At(column, SparseTiles<V>.MaxListVectors);
                float* next = column + group.Columns < n ? group.First + group.Columns : null;
                if (m >= ManySamples && Panel<V>.Aligns(s))
                {
                    group = Panel<V>.Copy(group, s.K, panel);
                }

                int list = 0;
                for (int i = 0; i < m; list++)
                {
                    int inMicrobatch = map.Microbatch - (i % map.Microbatch);
                    int rows = Math.Min(
                        NonzeroMap.SamplesAList, Math.Min(inMicrobatch, m - i));
                    ushort* features = lists + (list * (nint)map.ListStride);
                    float* tile = c + (i * s.RowStrideC) + column;

                    // Each list brings one line of its rows of the next group of columns.
                    int line = list % SparseTiles<V>.MaxListVectors * V.Count;
                    SparseTiles<V>.Run(
                        rows, group, features, map.Counts[list], a + (i * s.RowStrideA), tile,
                        next == null ? b : next + line);
                    epilogue.Run(tile, s.RowStrideC, i, column, rows, group.Columns);
                    i += rows;
                }

                column += group.Columns;
            }
        }
    }

    /// <summary>dW = Xᵀ · dZ: a few features at a time, over the samples that have any of them.
    /// </summary>
    /// <inheritdoc cref="Gemm{V}.Multiply"/>
    /// <param name="map">The non-zeros of X.</param>
    public static void MultiplyTransposed(
        int m, int n, in Operands s, NonzeroMap map, float* a, float* b, float* c, float* scratch)
    {
        float* edge = scratch + Tiles<V>.StackLength;
        float* panel = edge + ColumnGroups<V>.EdgeLength(s.K);
        var groups = new ColumnGroups<V>(n, s, b, edge);
        bool leavesL2 = TreeGemm<V>.LeavesL2(m, n);
        int microbatches = NonzeroMap.CeilingOf(s.K, map.Microbatch);
        fixed (uint* masks = map.Masks)
        {
            for (int column = 0; column < n;)
            {
                ColumnGroup group = Panel<V>.Copy(groups.At(column), s.K, panel);
                for (int i = 0; i < m;)
                {
                    int rows = Math.Min(SparseTiles<V>.Features, m - i);
                    float* tile = c + (i * s.RowStrideC) + column;
                    if (leavesL2)
                    {
                        CachePrefetch.RowsToL2(
                            tile + (rows * s.RowStrideC), s.RowStrideC,
                            Math.Min(rows, m - i - rows), group.Columns);
                    }

                    SparseTiles<V>.Run(
                        rows, group, masks + i, map, microbatches, a + (i * s.RowStrideA), tile,
                        scratch);
                    i += rows;
                }

                column += group.Columns;
            }
        }
    }
}
