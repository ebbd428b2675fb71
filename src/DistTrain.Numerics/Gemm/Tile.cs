using System.Numerics;

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
    public static void Run(in Operands s, float* a, float* b, float* last, float* c, float* stack)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, width = N.Count * V.Count;
        float* a0 = a, a3 = a + (3 * ra), a6 = a + (6 * ra), a9 = a + (9 * ra);
        float* top = stack;
        int left = s.K;
        int leaf = 0;
        do
        {
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
                TileRow<V, N>.Load(c, s.LastCount, ref c00, ref c01, ref c02);
                if (R.Count > 1)
                {
                    TileRow<V, N>.Load(c + s.RowStrideC, s.LastCount, ref c10, ref c11, ref c12);
                }

                if (R.Count > 2)
                {
                    TileRow<V, N>.Load(c + (2 * s.RowStrideC), s.LastCount, ref c20, ref c21, ref c22);
                }

                if (R.Count > 3)
                {
                    TileRow<V, N>.Load(c + (3 * s.RowStrideC), s.LastCount, ref c30, ref c31, ref c32);
                }

                if (R.Count > 4)
                {
                    TileRow<V, N>.Load(c + (4 * s.RowStrideC), s.LastCount, ref c40, ref c41, ref c42);
                }

                if (R.Count > 5)
                {
                    TileRow<V, N>.Load(c + (5 * s.RowStrideC), s.LastCount, ref c50, ref c51, ref c52);
                }

                if (R.Count > 6)
                {
                    TileRow<V, N>.Load(c + (6 * s.RowStrideC), s.LastCount, ref c60, ref c61, ref c62);
                }

                if (R.Count > 7)
                {
                    TileRow<V, N>.Load(c + (7 * s.RowStrideC), s.LastCount, ref c70, ref c71, ref c72);
                }

                if (R.Count > 8)
                {
                    TileRow<V, N>.Load(c + (8 * s.RowStrideC), s.LastCount, ref c80, ref c81, ref c82);
                }

                if (R.Count > 9)
                {
                    TileRow<V, N>.Load(c + (9 * s.RowStrideC), s.LastCount, ref c90, ref c91, ref c92);
                }

                if (R.Count > 10)
                {
                    TileRow<V, N>.Load(c + (10 * s.RowStrideC), s.LastCount, ref c100, ref c101, ref c102);
                }

                if (R.Count > 11)
                {
                    TileRow<V, N>.Load(c + (11 * s.RowStrideC), s.LastCount, ref c110, ref c111, ref c112);
                }
            }

            int depth = Math.Min(left, s.LeafDepth);
            left -= depth;
            for (; depth > 0; depth--)
            {
                V b0 = V.Load(N.Count > 1 ? b : last);
                V b1 = N.Count == 1 ? zero : V.Load(N.Count > 2 ? b + V.Count : last);
                V b2 = N.Count > 2 ? V.Load(last) : zero;
                TileRow<V, N>.Multiply(a0[0], b0, b1, b2, ref c00, ref c01, ref c02);
                if (R.Count > 1)
                {
                    TileRow<V, N>.Multiply(a0[ra], b0, b1, b2, ref c10, ref c11, ref c12);
                }
                if (R.Count > 2)
                {
                    TileRow<V, N>.Multiply(a0[r2], b0, b1, b2, ref c20, ref c21, ref c22);
                }
                if (R.Count > 3)
                {
                    TileRow<V, N>.Multiply(a3[0], b0, b1, b2, ref c30, ref c31, ref c32);
                }
                if (R.Count > 4)
                {
                    TileRow<V, N>.Multiply(a3[ra], b0, b1, b2, ref c40, ref c41, ref c42);
                }
                if (R.Count > 5)
                {
                    TileRow<V, N>.Multiply(a3[r2], b0, b1, b2, ref c50, ref c51, ref c52);
                }
                if (R.Count > 6)
                {
                    TileRow<V, N>.Multiply(a6[0], b0, b1, b2, ref c60, ref c61, ref c62);
                }
                if (R.Count > 7)
                {
                    TileRow<V, N>.Multiply(a6[ra], b0, b1, b2, ref c70, ref c71, ref c72);
                }
                if (R.Count > 8)
                {
                    TileRow<V, N>.Multiply(a6[r2], b0, b1, b2, ref c80, ref c81, ref c82);
                }
                if (R.Count > 9)
                {
                    TileRow<V, N>.Multiply(a9[0], b0, b1, b2, ref c90, ref c91, ref c92);
                }
                if (R.Count > 10)
                {
                    TileRow<V, N>.Multiply(a9[ra], b0, b1, b2, ref c100, ref c101, ref c102);
                }
                if (R.Count > 11)
                {
                    TileRow<V, N>.Multiply(a9[r2], b0, b1, b2, ref c110, ref c111, ref c112);
                }
                a0 += s.ColumnStrideA;
                a3 += s.ColumnStrideA;
                a6 += s.ColumnStrideA;
                a9 += s.ColumnStrideA;
                b += s.RowStrideB;
                last += s.RowStrideLast;
            }

            // Leaf number l (from 1) ends as many subtrees as l has trailing zeros; the last one
            // ends all that are open, one for each bit of the number of leaves before it.
            leaf++;
            int merges = left > 0
                ? BitOperations.TrailingZeroCount(leaf)
                : BitOperations.PopCount((uint)leaf - 1);
            for (; merges > 0; merges--)
            {
                top -= R.Count * width;
                TileRow<V, N>.Add(top, ref c00, ref c01, ref c02);
                if (R.Count > 1)
                {
                    TileRow<V, N>.Add(top + width, ref c10, ref c11, ref c12);
                }
                if (R.Count > 2)
                {
                    TileRow<V, N>.Add(top + (2 * width), ref c20, ref c21, ref c22);
                }
                if (R.Count > 3)
                {
                    TileRow<V, N>.Add(top + (3 * width), ref c30, ref c31, ref c32);
                }
                if (R.Count > 4)
                {
                    TileRow<V, N>.Add(top + (4 * width), ref c40, ref c41, ref c42);
                }
                if (R.Count > 5)
                {
                    TileRow<V, N>.Add(top + (5 * width), ref c50, ref c51, ref c52);
                }
                if (R.Count > 6)
                {
                    TileRow<V, N>.Add(top + (6 * width), ref c60, ref c61, ref c62);
                }
                if (R.Count > 7)
                {
                    TileRow<V, N>.Add(top + (7 * width), ref c70, ref c71, ref c72);
                }
                if (R.Count > 8)
                {
                    TileRow<V, N>.Add(top + (8 * width), ref c80, ref c81, ref c82);
                }
                if (R.Count > 9)
                {
                    TileRow<V, N>.Add(top + (9 * width), ref c90, ref c91, ref c92);
                }
                if (R.Count > 10)
                {
                    TileRow<V, N>.Add(top + (10 * width), ref c100, ref c101, ref c102);
                }
                if (R.Count > 11)
                {
                    TileRow<V, N>.Add(top + (11 * width), ref c110, ref c111, ref c112);
                }
            }

            float* to = left > 0 ? top : c;
            nint stride = left > 0 ? width : s.RowStrideC;
            int count = left > 0 ? V.Count : s.LastCount;
            top += R.Count * width;
            TileRow<V, N>.Store(to, count, c00, c01, c02);
            if (R.Count > 1)
            {
                TileRow<V, N>.Store(to + stride, count, c10, c11, c12);
            }
            if (R.Count > 2)
            {
                TileRow<V, N>.Store(to + (2 * stride), count, c20, c21, c22);
            }
            if (R.Count > 3)
            {
                TileRow<V, N>.Store(to + (3 * stride), count, c30, c31, c32);
            }
            if (R.Count > 4)
            {
                TileRow<V, N>.Store(to + (4 * stride), count, c40, c41, c42);
            }
            if (R.Count > 5)
            {
                TileRow<V, N>.Store(to + (5 * stride), count, c50, c51, c52);
            }
            if (R.Count > 6)
            {
                TileRow<V, N>.Store(to + (6 * stride), count, c60, c61, c62);
            }
            if (R.Count > 7)
            {
                TileRow<V, N>.Store(to + (7 * stride), count, c70, c71, c72);
            }
            if (R.Count > 8)
            {
                TileRow<V, N>.Store(to + (8 * stride), count, c80, c81, c82);
            }
            if (R.Count > 9)
            {
                TileRow<V, N>.Store(to + (9 * stride), count, c90, c91, c92);
            }
            if (R.Count > 10)
            {
                TileRow<V, N>.Store(to + (10 * stride), count, c100, c101, c102);
            }
            if (R.Count > 11)
            {
                TileRow<V, N>.Store(to + (11 * stride), count, c110, c111, c112);
            }
        }
        while (left > 0);
    }
}
