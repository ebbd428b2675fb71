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
            V c00 = zero, c01 = zero, c02 = zero, c03 = zero;
            V c04 = zero, c05 = zero, c06 = zero, c07 = zero;
            V c10 = zero, c11 = zero, c12 = zero, c13 = zero;
            V c14 = zero, c15 = zero, c16 = zero, c17 = zero;
            V c20 = zero, c21 = zero, c22 = zero, c23 = zero;
            V c24 = zero, c25 = zero, c26 = zero, c27 = zero;
            V c30 = zero, c31 = zero, c32 = zero, c33 = zero;
            V c34 = zero, c35 = zero, c36 = zero, c37 = zero;
            while (samples.HasNext)
            {
                nint term = samples.Next();
                float* row = b + (term * width), x = a + (term * ca);
                V b0 = V.Load(row);
                V b1 = N.Count > 1 ? V.Load(row + V.Count) : zero;
                V b2 = N.Count > 2 ? V.Load(row + (2 * V.Count)) : zero;
                V b3 = N.Count > 3 ? V.Load(row + (3 * V.Count)) : zero;
                V b4 = N.Count > 4 ? V.Load(row + (4 * V.Count)) : zero;
                V b5 = N.Count > 5 ? V.Load(row + (5 * V.Count)) : zero;
                V b6 = N.Count > 6 ? V.Load(row + (6 * V.Count)) : zero;
                V b7 = N.Count > 7 ? V.Load(row + (7 * V.Count)) : zero;
                SparseRow<V, R, N>.Multiply(
                    0, x, b0, b1, b2, b3, b4, b5, b6, b7,
                    ref c00, ref c01, ref c02, ref c03, ref c04, ref c05, ref c06, ref c07);
                SparseRow<V, R, N>.Multiply(
                    1, x + 1, b0, b1, b2, b3, b4, b5, b6, b7,
                    ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16, ref c17);
                SparseRow<V, R, N>.Multiply(
                    2, x + 2, b0, b1, b2, b3, b4, b5, b6, b7,
                    ref c20, ref c21, ref c22, ref c23, ref c24, ref c25, ref c26, ref c27);
                SparseRow<V, R, N>.Multiply(
                    3, x + 3, b0, b1, b2, b3, b4, b5, b6, b7,
                    ref c30, ref c31, ref c32, ref c33, ref c34, ref c35, ref c36, ref c37);
            }

            for (; merges > 0; merges--)
            {
                top -= R.Count * width;
                SparseRow<V, R, N>.Add(
                    0, top,
                    ref c00, ref c01, ref c02, ref c03, ref c04, ref c05, ref c06, ref c07);
                SparseRow<V, R, N>.Add(
                    1, top + width,
                    ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16, ref c17);
                SparseRow<V, R, N>.Add(
                    2, top + (2 * width),
                    ref c20, ref c21, ref c22, ref c23, ref c24, ref c25, ref c26, ref c27);
                SparseRow<V, R, N>.Add(
                    3, top + (3 * width),
                    ref c30, ref c31, ref c32, ref c33, ref c34, ref c35, ref c36, ref c37);
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? s.RowStrideC : width;
            int count = isLast ? s.LastCount : V.Count;
            top += R.Count * width;
            SparseRow<V, R, N>.Store(
                0, to, count,
                c00, c01, c02, c03, c04, c05, c06, c07);
            SparseRow<V, R, N>.Store(
                1, to + stride, count,
                c10, c11, c12, c13, c14, c15, c16, c17);
            SparseRow<V, R, N>.Store(
                2, to + (2 * stride), count,
                c20, c21, c22, c23, c24, c25, c26, c27);
            SparseRow<V, R, N>.Store(
                3, to + (3 * stride), count,
                c30, c31, c32, c33, c34, c35, c36, c37);
        }
    }
}
