namespace DistTrain.Numerics;

/// <summary>
/// Like <see cref="Tile{V, R, N}"/> with many leaves, but two of them in registers at a time: the
/// sum of a pair is made there, so that half as much goes through the stack in L1.
/// </summary>
/// <remarks>
/// 4 × 3 or 6 × 2 with 32 registers: 12 accumulators for each leaf of a pair, which still hide the
/// latency of FMA. Pairs of leaves are the leaves of the upper tree, so the counter counts them.
/// Such a tile has few multiplications, so it is run many times by one call, reads B from a panel
/// and the rows of A side by side: few pointers, and few instructions beside the arithmetic.
/// </remarks>
internal static unsafe class PairTile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <summary>Of a cache line. The line beside the one at hand of each row of A is prefetched:
    /// the next tiles read it, and where an update has come between two groups of columns A is not
    /// in L2 any more.</summary>
    private const int LineNumbers = 16;

    /// <summary>Tiles one below the other.</summary>
    /// <param name="tiles">How many.</param>
    /// <param name="s">Depth, leaves and strides; rows of A are numbers side by side.</param>
    /// <param name="a">(tiles · R, k)</param>
    /// <param name="b">(k, N vectors), without gaps</param>
    /// <param name="c">(tiles · R, N vectors, the last of <see cref="Operands.LastCount"/> numbers)
    /// </param>
    /// <param name="stack">Room for the tiles of all unfinished sums.</param>
    /// <param name="prefetches">C is not in L2: the rows of the next tile are prefetched.</param>
    public static void Run(
        int tiles, in Operands s, float* a, float* b, float* c, float* stack, bool prefetches)
    {
        for (; tiles > 0; tiles--)
        {
            if (prefetches && tiles > 1)
            {
                CachePrefetch.RowsToL2(
                    c + (R.Count * s.RowStrideC), s.RowStrideC, R.Count, N.Count * V.Count);
            }

            Tile(s, a, b, c, stack);
            a += R.Count;
            c += R.Count * s.RowStrideC;
        }
    }

    private static void Tile(in Operands s, float* a, float* b, float* c, float* stack)
    {
        nint ca = s.ColumnStrideA, rc = s.RowStrideC, width = N.Count * V.Count;
        float* top = stack;
        int left = s.K;
        int pair = 0;
        do
        {
            int depth = Math.Min(left, s.LeafDepth);
            left -= depth;
            int second = Math.Min(left, s.LeafDepth);
            left -= second;
            bool isLast = left == 0;
            int merges = LeafCounter.MergesAfter(++pair, isLast);
            V zero = V.Broadcast(0), none = zero;
            V c00 = zero, c01 = zero, c02 = zero;
            V c10 = zero, c11 = zero, c12 = zero;
            V c20 = zero, c21 = zero, c22 = zero;
            V c30 = zero, c31 = zero, c32 = zero;
            V c40 = zero, c41 = zero, c50 = zero, c51 = zero;
            for (float* end = b + (depth * width); b < end; b += width)
            {
                V b0 = V.Load(b);
                V b1 = N.Count > 1 ? V.Load(b + V.Count) : zero;
                V b2 = N.Count > 2 ? V.Load(b + (2 * V.Count)) : zero;
                TileRow<V, R, N>.Multiply(0, a, b0, b1, b2, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Multiply(1, a + 1, b0, b1, b2, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Multiply(2, a + 2, b0, b1, b2, ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Multiply(3, a + 3, b0, b1, b2, ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Multiply(4, a + 4, b0, b1, b2, ref c40, ref c41, ref none);
                TileRow<V, R, N>.Multiply(5, a + 5, b0, b1, b2, ref c50, ref c51, ref none);
                CachePrefetch.LineToL1(a + LineNumbers);
                a += ca;
            }

            if (second > 0)
            {
                V d00 = zero, d01 = zero, d02 = zero;
                V d10 = zero, d11 = zero, d12 = zero;
                V d20 = zero, d21 = zero, d22 = zero;
                V d30 = zero, d31 = zero, d32 = zero;
                V d40 = zero, d41 = zero, d50 = zero, d51 = zero;
                for (float* end = b + (second * width); b < end; b += width)
                {
                    V b0 = V.Load(b);
                    V b1 = N.Count > 1 ? V.Load(b + V.Count) : zero;
                    V b2 = N.Count > 2 ? V.Load(b + (2 * V.Count)) : zero;
                    TileRow<V, R, N>.Multiply(0, a, b0, b1, b2, ref d00, ref d01, ref d02);
                    TileRow<V, R, N>.Multiply(1, a + 1, b0, b1, b2, ref d10, ref d11, ref d12);
                    TileRow<V, R, N>.Multiply(2, a + 2, b0, b1, b2, ref d20, ref d21, ref d22);
                    TileRow<V, R, N>.Multiply(3, a + 3, b0, b1, b2, ref d30, ref d31, ref d32);
                    TileRow<V, R, N>.Multiply(4, a + 4, b0, b1, b2, ref d40, ref d41, ref none);
                    TileRow<V, R, N>.Multiply(5, a + 5, b0, b1, b2, ref d50, ref d51, ref none);
                    CachePrefetch.LineToL1(a + LineNumbers);
                    a += ca;
                }

                c00 += d00;
                c01 += d01;
                c02 += d02;
                c10 += d10;
                c11 += d11;
                c12 += d12;
                c20 += d20;
                c21 += d21;
                c22 += d22;
                c30 += d30;
                c31 += d31;
                c32 += d32;
                c40 += d40;
                c41 += d41;
                c50 += d50;
                c51 += d51;
            }

            for (; merges > 0; merges--)
            {
                top -= R.Count * width;
                TileRow<V, R, N>.Add(0, top, ref c00, ref c01, ref c02);
                TileRow<V, R, N>.Add(1, top + width, ref c10, ref c11, ref c12);
                TileRow<V, R, N>.Add(2, top + (2 * width), ref c20, ref c21, ref c22);
                TileRow<V, R, N>.Add(3, top + (3 * width), ref c30, ref c31, ref c32);
                TileRow<V, R, N>.Add(4, top + (4 * width), ref c40, ref c41, ref none);
                TileRow<V, R, N>.Add(5, top + (5 * width), ref c50, ref c51, ref none);
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? rc : width;
            int count = isLast ? s.LastCount : V.Count;
            top += R.Count * width;
            TileRow<V, R, N>.Store(0, to, count, c00, c01, c02);
            TileRow<V, R, N>.Store(1, to + stride, count, c10, c11, c12);
            TileRow<V, R, N>.Store(2, to + (2 * stride), count, c20, c21, c22);
            TileRow<V, R, N>.Store(3, to + (3 * stride), count, c30, c31, c32);
            TileRow<V, R, N>.Store(4, to + (4 * stride), count, c40, c41, none);
            TileRow<V, R, N>.Store(5, to + (5 * stride), count, c50, c51, none);
        }
        while (left > 0);
    }
}
