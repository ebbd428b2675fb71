namespace DistTrain.Numerics;

/// <summary>
/// Like <see cref="Tile{V, R, N}"/> with one leaf, for B in a panel and rows of A whose numbers lie
/// side by side: few pointers, and few instructions beside the arithmetic.
/// </summary>
internal static unsafe class PanelTile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <param name="s">Depth and strides.</param>
    /// <param name="a0">(R, k)</param>
    /// <param name="b">(k, N vectors) without gaps</param>
    /// <param name="c">(R, N vectors, the last of <see cref="Operands.LastCount"/> numbers)</param>
    /// <param name="next">A column that will be needed soon, prefetched row by row; not by a tile
    /// of one vector, which is the last of its matrix and loads as much as it multiplies.</param>
    /// <param name="nextStride">Between two of its rows.</param>
    public static void Run(
        in Operands s, float* a0, float* b, float* c, float* next, nint nextStride)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, rc = s.RowStrideC, width = N.Count * V.Count;
        float* a3 = a0 + (3 * ra), a6 = a3 + (3 * ra), a9 = a6 + (3 * ra);
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

        for (float* end = b + (s.K * width); b < end; b += width)
        {
            V b0 = V.Load(b);
            V b1 = N.Count > 1 ? V.Load(b + V.Count) : zero;
            V b2 = N.Count > 2 ? V.Load(b + (2 * V.Count)) : zero;
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
            if (N.Count > 1)
            {
                CachePrefetch.LineToL2(next);
                next += nextStride;
            }

            a0++;
            a3++;
            a6++;
            a9++;
        }

        TileRow<V, R, N>.Store(0, c, s.LastCount, c00, c01, c02);
        TileRow<V, R, N>.Store(1, c + rc, s.LastCount, c10, c11, c12);
        TileRow<V, R, N>.Store(2, c + (2 * rc), s.LastCount, c20, c21, c22);
        TileRow<V, R, N>.Store(3, c + (3 * rc), s.LastCount, c30, c31, c32);
        TileRow<V, R, N>.Store(4, c + (4 * rc), s.LastCount, c40, c41, c42);
        TileRow<V, R, N>.Store(5, c + (5 * rc), s.LastCount, c50, c51, c52);
        TileRow<V, R, N>.Store(6, c + (6 * rc), s.LastCount, c60, c61, c62);
        TileRow<V, R, N>.Store(7, c + (7 * rc), s.LastCount, c70, c71, c72);
        TileRow<V, R, N>.Store(8, c + (8 * rc), s.LastCount, c80, c81, c82);
        TileRow<V, R, N>.Store(9, c + (9 * rc), s.LastCount, c90, c91, c92);
        TileRow<V, R, N>.Store(10, c + (10 * rc), s.LastCount, c100, c101, c102);
        TileRow<V, R, N>.Store(11, c + (11 * rc), s.LastCount, c110, c111, c112);
    }
}
