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
    public static int ScratchLength(int features) =>
        ColumnGroups<V>.EdgeLength(features)
        + Panel<V>.Length(features, SparseTiles<V>.MaxListVectors);

    /// <summary>Numbers of scratch that a gradient over so many samples needs.</summary>
    public static int TreeScratchLength(int samples) => Tiles<V>.StackLength
        + ColumnGroups<V>.EdgeLength(samples)
        + Panel<V>.Length(samples, SparseTiles<V>.MaxMaskVectors);

    /// <summary>Z = X · W: a few samples at a time, over the features that any of them has, and
    /// block by block of features, whose rows of W stay in L1 meanwhile.</summary>
    /// <inheritdoc cref="Gemm{V}.Multiply"/>
    /// <param name="map">The non-zeros of A.</param>
    public static void Multiply<TEpilogue>(
        int m, int n, in Operands s, NonzeroMap map, float* a, float* b, float* c, float* scratch,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* panel = scratch + ColumnGroups<V>.EdgeLength(s.K);
        var groups = new ColumnGroups<V>(n, s, b, scratch);
        bool copies = m >= ManySamples && Panel<V>.Aligns(s);
        for (int column = 0; column < n;)
        {
            ColumnGroup group = groups.At(
                column, SparseTiles<V>.NextVectors(n - column, SparseTiles<V>.MaxListVectors));
            ColumnGroup read = copies ? group.InPanel(panel, V.Count) : group;
            for (int block = 0; block < map.Blocks; block++)
            {
                if (copies)
                {
                    int first = block * NonzeroMap.BlockFeatures;
                    int end = Math.Min(first + NonzeroMap.BlockFeatures, s.K);
                    Panel<V>.CopyRows(group, first, end, panel);
                }

                Block(
                    m, block, read with { S = read.S with { Continues = block > 0 } }, map, a,
                    c + column, column, epilogue);
            }

            column += group.Columns;
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
                int vectors = SparseTiles<V>.NextVectors(
                    n - column, SparseTiles<V>.MaxMaskVectors);
                ColumnGroup group = Panel<V>.Copy(groups.At(column, vectors), s.K, panel);
                int features = SparseTiles<V>.Features(vectors, microbatches);
                for (int i = 0; i < m;)
                {
                    int rows = Math.Min(features, m - i);
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

    /// <summary>All samples over one block of features; behind the last one the epilogue.
    /// </summary>
    /// <param name="m">Samples.</param>
    /// <param name="block">Which one.</param>
    /// <param name="group">The columns.</param>
    /// <param name="map">The lists.</param>
    /// <param name="a">(m, features)</param>
    /// <param name="c">(m, the columns)</param>
    /// <param name="column">The first column.</param>
    /// <param name="epilogue">What is done to a tile that is complete.</param>
    private static void Block<TEpilogue>(
        int m, int block, in ColumnGroup group, NonzeroMap map, float* a, float* c, int column,
        in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        bool isFirst = block == 0, isLast = block == map.Blocks - 1;
        ReadOnlySpan<int> starts = map.Starts[block..];
        fixed (ushort* lists = map.Lists)
        {
            int list = 0;
            for (int i = 0; i < m; list++)
            {
                int inMicrobatch = map.Microbatch - (i % map.Microbatch);
                int rows = Math.Min(NonzeroMap.SamplesAList, Math.Min(inMicrobatch, m - i));
                int start = starts[list * map.StartStride];
                int count = starts[(list * map.StartStride) + 1] - start;
                float* tile = c + (i * group.S.RowStrideC);
                if (count > 0 || isFirst)
                {
                    SparseTiles<V>.Run(
                        rows, group, lists + (list * (nint)map.ListStride) + start, count,
                        a + (i * group.S.RowStrideA), tile);
                }

                if (isLast)
                {
                    epilogue.Run(tile, group.S.RowStrideC, i, column, rows, group.Columns);
                }

                i += rows;
            }
        }
    }
}
