namespace DistTrain.Numerics;

/// <summary>
/// Like <see cref="Tile{V, R, N}"/>, R features × N vectors of dW, but over those samples alone
/// that have any of the features: the others have a left factor of zero in every row and change no
/// bit (N2). Nor does a microbatch without any such sample: it is left out of the tree.
/// </summary>
internal static unsafe class MaskTile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <inheritdoc cref="PairTile{V, R, N}.Run"/>
    /// <param name="samples">The samples to add, microbatch by microbatch.</param>
    public static void Run(
        in Operands s, SampleMasks<R> samples, float* a, float* b, float* c, float* stack)
    {
        nint ca = s.ColumnStrideA, width = N.Count * V.Count;
        float* top = stack;
        var tree = default(SparseLeafCounter);
        int leaves = samples.Microbatches;
        for (int leaf = 1; leaf <= leaves; leaf++)
        {
            bool isLast = leaf == leaves;
            samples.Begin(leaf - 1);
            if (!tree.TryBegin(leaf, isLast, isEmpty: !samples.HasNext, out int merges))
            {
                continue;
            }

            V zero = V.Broadcast(0);
            V c00 = zero, c01 = zero, c02 = zero;
            V c10 = zero, c11 = zero, c12 = zero;
            V c20 = zero, c21 = zero, c22 = zero;
            V c30 = zero, c31 = zero, c32 = zero;
            V c40 = zero, c41 = zero, c42 = zero;
            V c50 = zero, c51 = zero, c52 = zero;
            V c60 = zero, c61 = zero, c62 = zero;
            V c70 = zero, c71 = zero, c72 = zero;
            while (samples.HasNext)
            {
                nint term = samples.Next();
                float* row = b + (term * width), x = a + (term * ca);
                V b0 = V.Load(row);
                V b1 = N.Count > 1 ? V.Load(row + V.Count) : zero;
                V b2 = N.Count > 2 ? V.Load(row + (2 * V.Count)) : zero;
                TileRow<V, R, N>.Multiply(0, x, b0, b1, b2, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Multiply(1, x + 1, b0, b1, b2, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Multiply(2, x + 2, b0, b1, b2, ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Multiply(3, x + 3, b0, b1, b2, ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Multiply(4, x + 4, b0, b1, b2, ref c40, ref c41, ref c42);
                TileRow<V, R, N>.Multiply(5, x + 5, b0, b1, b2, ref c50, ref c51, ref c52);
                TileRow<V, R, N>.Multiply(6, x + 6, b0, b1, b2, ref c60, ref c61, ref c62);
                TileRow<V, R, N>.Multiply(7, x + 7, b0, b1, b2, ref c70, ref c71, ref c72);
            }

            for (; merges > 0; merges--)
            {
                top -= R.Count * width;
                TileRow<V, R, N>.Add(0, top, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Add(1, top + width, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Add(2, top + (2 * width), ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Add(3, top + (3 * width), ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Add(4, top + (4 * width), ref c40, ref c41, ref c42);
                TileRow<V, R, N>.Add(5, top + (5 * width), ref c50, ref c51, ref c52);
                TileRow<V, R, N>.Add(6, top + (6 * width), ref c60, ref c61, ref c62);
                TileRow<V, R, N>.Add(7, top + (7 * width), ref c70, ref c71, ref c72);
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? s.RowStrideC : width;
            int count = isLast ? s.LastCount : V.Count;
            top += R.Count * width;
            TileRow<V, R, N>.Store(0, to, count, c00, c01, c02);
            TileRow<V, R, N>.Store(1, to + stride, count, c10, c11, c12);
            TileRow<V, R, N>.Store(2, to + (2 * stride), count, c20, c21, c22);
            TileRow<V, R, N>.Store(3, to + (3 * stride), count, c30, c31, c32);
            TileRow<V, R, N>.Store(4, to + (4 * stride), count, c40, c41, c42);
            TileRow<V, R, N>.Store(5, to + (5 * stride), count, c50, c51, c52);
            TileRow<V, R, N>.Store(6, to + (6 * stride), count, c60, c61, c62);
            TileRow<V, R, N>.Store(7, to + (7 * stride), count, c70, c71, c72);
        }
    }
}
