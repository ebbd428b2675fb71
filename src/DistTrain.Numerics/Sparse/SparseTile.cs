using System.Numerics;

namespace DistTrain.Numerics;

/// <summary>
/// Like <see cref="Tile{V, R, N}"/>, but over those terms alone that are named to it: the others
/// have a left factor of zero in every row and change no bit (N2).
/// </summary>
internal static unsafe class SparseTile<V, R, N, TTerms>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
    where TTerms : struct, ITerms
{
    /// <inheritdoc cref="Tile{V, R, N}.Run"/>
    /// <param name="terms">The terms to add, leaf by leaf.</param>
    public static void Run(
        in Operands s, TTerms terms, float* a, float* b, float* last, float* c, float* stack)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, ca = s.ColumnStrideA, width = N.Count * V.Count;
        nint rb = s.RowStrideB, rl = s.RowStrideLast;
        float* top = stack;
        int leaves = terms.Leaves;
        for (int leaf = 1; leaf <= leaves; leaf++)
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
            terms.Begin(leaf - 1);
            while (terms.TryNext(out nint term))
            {
                float* row = b + (term * rb);
                float* lastOfRow = last + (term * rl);
                V b0 = V.Load(N.Count > 1 ? row : lastOfRow);
                V b1 = N.Count == 1 ? zero : V.Load(N.Count > 2 ? row + V.Count : lastOfRow);
                V b2 = N.Count > 2 ? V.Load(lastOfRow) : zero;
                float* x0 = a + (term * ca), x3 = x0 + (3 * ra), x6 = x0 + (6 * ra);
                TileRow<V, N>.Multiply(x0[0], b0, b1, b2, ref c00, ref c01, ref c02);
                if (R.Count > 1)
                {
                    TileRow<V, N>.Multiply(x0[ra], b0, b1, b2, ref c10, ref c11, ref c12);
                }

                if (R.Count > 2)
                {
                    TileRow<V, N>.Multiply(x0[r2], b0, b1, b2, ref c20, ref c21, ref c22);
                }

                if (R.Count > 3)
                {
                    TileRow<V, N>.Multiply(x3[0], b0, b1, b2, ref c30, ref c31, ref c32);
                }

                if (R.Count > 4)
                {
                    TileRow<V, N>.Multiply(x3[ra], b0, b1, b2, ref c40, ref c41, ref c42);
                }

                if (R.Count > 5)
                {
                    TileRow<V, N>.Multiply(x3[r2], b0, b1, b2, ref c50, ref c51, ref c52);
                }

                if (R.Count > 6)
                {
                    TileRow<V, N>.Multiply(x6[0], b0, b1, b2, ref c60, ref c61, ref c62);
                }

                if (R.Count > 7)
                {
                    TileRow<V, N>.Multiply(x6[ra], b0, b1, b2, ref c70, ref c71, ref c72);
                }
            }

            // The binary counter of Tile.
            bool isLast = leaf == leaves;
            int merges = isLast
                ? BitOperations.PopCount((uint)leaf - 1)
                : BitOperations.TrailingZeroCount(leaf);
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
            }

            float* to = isLast ? c : top;
            nint stride = isLast ? s.RowStrideC : width;
            int count = isLast ? s.LastCount : V.Count;
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
        }
    }
}
