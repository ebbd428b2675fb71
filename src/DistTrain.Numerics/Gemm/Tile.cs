namespace DistTrain.Numerics;

/// <summary>
/// The kernel: R rows × N vectors of C = A · B in registers. The k terms are cut into leaves; each
/// is a chain from +0, and the leaves are summed as a binary counter (N3): a finished leaf takes
/// up its finished siblings from a stack in L1 and is put there itself, the last one takes up all
/// that are left and goes to C. A plain product is one leaf.
/// </summary>
/// <remarks>
/// <code>
///              b0          b1          b2          3 of B (the last from its own pointer)
///   a[row]  c{row}0      c{row}1      c{row}2         R · N accumulators, one broadcast of A
/// </code>
/// With 32 registers up to 9 × 3 or 12 × 2, with 16 up to 4 × 3 or 6 × 2: enough chains to hide
/// the latency of FMA, few loads for each. R and N are types, so that the JIT drops the rows and
/// vectors that a size does not have and this text serves all of them.
/// Determinism: vectors run along the columns only, so a chain is the same at every width (N2).
/// </remarks>
internal static unsafe class Tile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <param name="s">Depth, leaves and strides.</param>
    /// <param name="a">(R, k) through two strides.</param>
    /// <param name="b">(k, N − 1 vectors)</param>
    /// <param name="last">(k, 1 vector): the last vector of B's rows.</param>
    /// <param name="c">(R, N vectors, the last of <see cref="Operands.LastCount"/> numbers)</param>
    /// <param name="stack">Room for the tiles of all unfinished sums.</param>
    /// <param name="next">A column of B that will be needed soon, prefetched row by row; or
    /// null.</param>
    /// <param name="panel">Where the rows of B are left without gaps; or null.</param>
    public static void Run(
        in Operands s, float* a, float* b, float* last, float* c, float* stack, float* next,
        float* panel)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, rc = s.RowStrideC, width = N.Count * V.Count;
        nint ca = s.ColumnStrideA, rb = s.RowStrideB, rl = s.RowStrideLast;
        float* a0 = a, a3 = a + (3 * ra), a6 = a + (6 * ra), a9 = a + (9 * ra), top = stack;
        int left = s.K;
        int leaf = 0;
        do
        {
            // Before the accumulators live: a call in between would send them through memory.
            int depth = Math.Min(left, s.LeafDepth);
            left -= depth;
            bool isLast = left == 0;
            int merges = LeafCounter.MergesAfter(++leaf, isLast);
            V zero = V.Broadcast(0);
            V c00 = zero, c01 = zero, c02 = zero;
            V c10 = zero, c11 = zero, c12 = zero;
            V c20 = zero, c21 = zero, c22 = zero;
            V c30 = zero, c31 = zero, c32 = zero;
            V c40 = zero, c41 = zero, c42 = zero;
            V c50 = zero, c51 = zero, c52 = zero;
            V c60 = zero, c61 = zero, c62 = zero;
            V c70 = zero, c71 = zero, c72 = zero;
            V c80 = zero, c81 = zero, c82 = zero;
            V c90 = zero, c91 = zero, c92 = zero;
            V c100 = zero, c101 = zero, c102 = zero;
            V c110 = zero, c111 = zero, c112 = zero;
            if (s.Continues)
            {
                TileRow<V, R, N>.Load(0, c, s.LastCount, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Load(1, c + rc, s.LastCount, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Load(2, c + (2 * rc), s.LastCount, ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Load(3, c + (3 * rc), s.LastCount, ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Load(4, c + (4 * rc), s.LastCount, ref c40, ref c41, ref c42);
                TileRow<V, R, N>.Load(5, c + (5 * rc), s.LastCount, ref c50, ref c51, ref c52);
                TileRow<V, R, N>.Load(6, c + (6 * rc), s.LastCount, ref c60, ref c61, ref c62);
                TileRow<V, R, N>.Load(7, c + (7 * rc), s.LastCount, ref c70, ref c71, ref c72);
                TileRow<V, R, N>.Load(8, c + (8 * rc), s.LastCount, ref c80, ref c81, ref c82);
                TileRow<V, R, N>.Load(9, c + (9 * rc), s.LastCount, ref c90, ref c91, ref c92);
                TileRow<V, R, N>.Load(10, c + (10 * rc), s.LastCount, ref c100, ref c101, ref c102);
                TileRow<V, R, N>.Load(11, c + (11 * rc), s.LastCount, ref c110, ref c111, ref c112);
            }

            for (; depth > 0; depth--)
            {
                V b0 = V.Load(N.Count > 1 ? b : last);
                V b1 = N.Count == 1 ? zero : V.Load(N.Count > 2 ? b + V.Count : last);
                V b2 = N.Count > 2 ? V.Load(last) : zero;
                TileRow<V, R, N>.Multiply(0, a0, b0, b1, b2, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Multiply(1, a0 + ra, b0, b1, b2, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Multiply(2, a0 + r2, b0, b1, b2, ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Multiply(3, a3, b0, b1, b2, ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Multiply(4, a3 + ra, b0, b1, b2, ref c40, ref c41, ref c42);
                TileRow<V, R, N>.Multiply(5, a3 + r2, b0, b1, b2, ref c50, ref c51, ref c52);
                TileRow<V, R, N>.Multiply(6, a6, b0, b1, b2, ref c60, ref c61, ref c62);
                TileRow<V, R, N>.Multiply(7, a6 + ra, b0, b1, b2, ref c70, ref c71, ref c72);
                TileRow<V, R, N>.Multiply(8, a6 + r2, b0, b1, b2, ref c80, ref c81, ref c82);
                TileRow<V, R, N>.Multiply(9, a9, b0, b1, b2, ref c90, ref c91, ref c92);
                TileRow<V, R, N>.Multiply(10, a9 + ra, b0, b1, b2, ref c100, ref c101, ref c102);
                TileRow<V, R, N>.Multiply(11, a9 + r2, b0, b1, b2, ref c110, ref c111, ref c112);
                if (panel != null)
                {
                    TileRow<V, One, N>.Store(0, panel, V.Count, b0, b1, b2);
                    panel += width;
                }

                if (next != null)
                {
                    CachePrefetch.LineToL2(next);
                    next += s.NextStride;
                }

                a0 += ca;
                a3 += ca;
                a6 += ca;
                a9 += ca;
                b += rb;
                last += rl;
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
                TileRow<V, R, N>.Add(8, top + (8 * width), ref c80, ref c81, ref c82);
                TileRow<V, R, N>.Add(9, top + (9 * width), ref c90, ref c91, ref c92);
                TileRow<V, R, N>.Add(10, top + (10 * width), ref c100, ref c101, ref c102);
                TileRow<V, R, N>.Add(11, top + (11 * width), ref c110, ref c111, ref c112);
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? rc : width;
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
            TileRow<V, R, N>.Store(8, to + (8 * stride), count, c80, c81, c82);
            TileRow<V, R, N>.Store(9, to + (9 * stride), count, c90, c91, c92);
            TileRow<V, R, N>.Store(10, to + (10 * stride), count, c100, c101, c102);
            TileRow<V, R, N>.Store(11, to + (11 * stride), count, c110, c111, c112);
        }
        while (left > 0);
    }
}
