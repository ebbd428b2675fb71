namespace DistTrain.Numerics;

/// <summary>
/// Like <see cref="MaskTile{V, R, N}"/>, but two microbatches in registers at a time, as
/// <see cref="PairTile{V, R, N}"/> has them: half as much goes through the stack in L1.
/// </summary>
/// <remarks>4 × 3 or 3 × 4 with 32 registers: 12 accumulators for each microbatch of a pair.
/// </remarks>
internal static unsafe class MaskPairTile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <inheritdoc cref="MaskTile{V, R, N}.Run"/>
    public static void Run(
        in Operands s, SampleMasks<R> samples, float* a, float* b, float* c, float* stack)
    {
        nint ca = s.ColumnStrideA, width = N.Count * V.Count;
        float* top = stack;
        var tree = default(SparseLeafCounter);
        SampleMasks<R> second = samples;
        int pairs = (samples.Microbatches + 1) / 2;
        for (int pair = 1; pair <= pairs; pair++)
        {
            bool isLast = pair == pairs;
            int microbatch = 2 * (pair - 1);
            samples.Begin(microbatch);
            bool hasSecond = false;
            if (microbatch + 1 < samples.Microbatches)
            {
                second.Begin(microbatch + 1);
                hasSecond = second.HasNext;
            }

            bool isEmpty = !samples.HasNext && !hasSecond;
            if (!tree.TryBegin(pair, isLast, isEmpty, out int merges))
            {
                continue;
            }

            V zero = V.Broadcast(0), none = zero;
            V c00 = zero, c01 = zero, c02 = zero, c03 = zero;
            V c10 = zero, c11 = zero, c12 = zero, c13 = zero;
            V c20 = zero, c21 = zero, c22 = zero, c23 = zero;
            V c30 = zero, c31 = zero, c32 = zero, c33 = zero;
            while (samples.HasNext)
            {
                nint term = samples.Next();
                float* row = b + (term * width), x = a + (term * ca);
                V b0 = V.Load(row);
                V b1 = N.Count > 1 ? V.Load(row + V.Count) : zero;
                V b2 = N.Count > 2 ? V.Load(row + (2 * V.Count)) : zero;
                V b3 = N.Count > 3 ? V.Load(row + (3 * V.Count)) : zero;
                SparseRow<V, R, N>.Multiply(
                    0, x, b0, b1, b2, b3, zero, zero, zero, zero,
                    ref c00, ref c01, ref c02, ref c03, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Multiply(
                    1, x + 1, b0, b1, b2, b3, zero, zero, zero, zero,
                    ref c10, ref c11, ref c12, ref c13, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Multiply(
                    2, x + 2, b0, b1, b2, b3, zero, zero, zero, zero,
                    ref c20, ref c21, ref c22, ref c23, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Multiply(
                    3, x + 3, b0, b1, b2, b3, zero, zero, zero, zero,
                    ref c30, ref c31, ref c32, ref c33, ref none, ref none, ref none, ref none);
            }

            if (hasSecond)
            {
                V d00 = zero, d01 = zero, d02 = zero, d03 = zero;
                V d10 = zero, d11 = zero, d12 = zero, d13 = zero;
                V d20 = zero, d21 = zero, d22 = zero, d23 = zero;
                V d30 = zero, d31 = zero, d32 = zero, d33 = zero;
                while (second.HasNext)
                {
                    nint term = second.Next();
                    float* row = b + (term * width), x = a + (term * ca);
                    V b0 = V.Load(row);
                    V b1 = N.Count > 1 ? V.Load(row + V.Count) : zero;
                    V b2 = N.Count > 2 ? V.Load(row + (2 * V.Count)) : zero;
                    V b3 = N.Count > 3 ? V.Load(row + (3 * V.Count)) : zero;
                    SparseRow<V, R, N>.Multiply(
                        0, x, b0, b1, b2, b3, zero, zero, zero, zero,
                        ref d00, ref d01, ref d02, ref d03, ref none, ref none, ref none,
                        ref none);
                    SparseRow<V, R, N>.Multiply(
                        1, x + 1, b0, b1, b2, b3, zero, zero, zero, zero,
                        ref d10, ref d11, ref d12, ref d13, ref none, ref none, ref none,
                        ref none);
                    SparseRow<V, R, N>.Multiply(
                        2, x + 2, b0, b1, b2, b3, zero, zero, zero, zero,
                        ref d20, ref d21, ref d22, ref d23, ref none, ref none, ref none,
                        ref none);
                    SparseRow<V, R, N>.Multiply(
                        3, x + 3, b0, b1, b2, b3, zero, zero, zero, zero,
                        ref d30, ref d31, ref d32, ref d33, ref none, ref none, ref none,
                        ref none);
                }

                c00 += d00;
                c01 += d01;
                c02 += d02;
                c03 += d03;
                c10 += d10;
                c11 += d11;
                c12 += d12;
                c13 += d13;
                c20 += d20;
                c21 += d21;
                c22 += d22;
                c23 += d23;
                c30 += d30;
                c31 += d31;
                c32 += d32;
                c33 += d33;
            }

            for (; merges > 0; merges--)
            {
                top -= R.Count * width;
                SparseRow<V, R, N>.Add(
                    0, top,
                    ref c00, ref c01, ref c02, ref c03, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Add(
                    1, top + width,
                    ref c10, ref c11, ref c12, ref c13, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Add(
                    2, top + (2 * width),
                    ref c20, ref c21, ref c22, ref c23, ref none, ref none, ref none, ref none);
                SparseRow<V, R, N>.Add(
                    3, top + (3 * width),
                    ref c30, ref c31, ref c32, ref c33, ref none, ref none, ref none, ref none);
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? s.RowStrideC : width;
            int count = isLast ? s.LastCount : V.Count;
            top += R.Count * width;
            SparseRow<V, R, N>.Store(
                0, to, count, c00, c01, c02, c03, zero, zero, zero, zero);
            SparseRow<V, R, N>.Store(
                1, to + stride, count, c10, c11, c12, c13, zero, zero, zero, zero);
            SparseRow<V, R, N>.Store(
                2, to + (2 * stride), count, c20, c21, c22, c23, zero, zero, zero, zero);
            SparseRow<V, R, N>.Store(
                3, to + (3 * stride), count, c30, c31, c32, c33, zero, zero, zero, zero);
        }
    }
}
