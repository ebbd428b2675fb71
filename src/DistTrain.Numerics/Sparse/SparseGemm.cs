namespace DistTrain.Numerics;

/// <summary>
/// The products of the first layer with the zeros of its inputs skipped: same bits as
/// <see cref="Gemm{V}"/>, in the time of the terms that are not zero.
/// </summary>
internal static unsafe class SparseGemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Z = X · W: a few samples at a time, over the features that any of them has.
    /// </summary>
    /// <inheritdoc cref="Gemm{V}.Multiply"/>
    /// <param name="map">The non-zeros of A.</param>
    public static void Multiply<TEpilogue>(
        int m, int n, in Operands s, NonzeroMap map, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        var groups = new ColumnGroups<V>(n, s, b, scratch + Tiles<V>.StackLength);
        fixed (ushort* lists = map.Lists)
        {
            for (int column = 0; column < n;)
            {
                ColumnGroup group = groups.At(column, SparseTiles<V>.MaxListVectors);
                bool hasNext = column + group.Columns < n;
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
                    ColumnGroup ahead = group with
                    {
                        S = group.S with { Ahead = hasNext ? group.Columns + line : 0 },
                    };
                    SparseTiles<V>.Run(
                        rows, ahead, features, map.Counts[list], a + (i * s.RowStrideA), tile);
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
        var groups = new ColumnGroups<V>(n, s, b, scratch + Tiles<V>.StackLength);
        bool leavesL2 = TreeGemm<V>.LeavesL2(m, n);
        int microbatches = NonzeroMap.CeilingOf(s.K, map.Microbatch);
        fixed (uint* masks = map.Masks)
        {
            for (int column = 0; column < n;)
            {
                ColumnGroup group = groups.At(column);
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
