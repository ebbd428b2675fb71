namespace DistTrain.Numerics;

/// <summary>
/// R samples × N vectors of Z = X · W in registers, over a part of one list: features that any of
/// the samples has. The others have a left factor of zero in every row and change no bit (N2).
/// </summary>
/// <remarks>
/// <code>
///                  b0     b1      …      b5      of W's row (the last from its own pointer)
///   x[sample]   c{s}0  c{s}1     …   c{s}5      R · N accumulators, one broadcast of X
/// </code>
/// 4 × 6 with 32 registers: the loads of a term (6 of W, 4 of X, 1 of the list) take half the time
/// of its 24 FMAs.
/// </remarks>
internal static unsafe class ListTile<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <inheritdoc cref="Tile{V, R, N}.Run"/>
    /// <param name="features">Ascending.</param>
    /// <param name="count">How many.</param>
    public static void Run(
        in Operands s, ushort* features, int count, float* a, float* b, float* last, float* c)
    {
        nint rb = s.RowStrideB, rl = s.RowStrideLast, rc = s.RowStrideC;
        float* x0 = a, x1 = a + s.RowStrideA, x2 = x1 + s.RowStrideA, x3 = x2 + s.RowStrideA;
        V zero = V.Broadcast(0);
        V c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        V c04 = zero, c05 = zero, c06 = zero, c07 = zero;
        V c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        V c14 = zero, c15 = zero, c16 = zero, c17 = zero;
        V c20 = zero, c21 = zero, c22 = zero, c23 = zero;
        V c24 = zero, c25 = zero, c26 = zero, c27 = zero;
        V c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        V c34 = zero, c35 = zero, c36 = zero, c37 = zero;
        if (s.Continues)
        {
            SparseRow<V, R, N>.Load(
                0, c, s.LastCount,
                ref c00, ref c01, ref c02, ref c03, ref c04, ref c05, ref c06, ref c07);
            SparseRow<V, R, N>.Load(
                1, c + rc, s.LastCount,
                ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16, ref c17);
            SparseRow<V, R, N>.Load(
                2, c + (2 * rc), s.LastCount,
                ref c20, ref c21, ref c22, ref c23, ref c24, ref c25, ref c26, ref c27);
            SparseRow<V, R, N>.Load(
                3, c + (3 * rc), s.LastCount,
                ref c30, ref c31, ref c32, ref c33, ref c34, ref c35, ref c36, ref c37);
        }

        for (ushort* end = features + count; features != end; features++)
        {
            nint term = *features;
            float* row = b + (term * rb);
            float* lastOfRow = last + (term * rl);
            V b0 = V.Load(N.Count > 1 ? row : lastOfRow);
            V b1 = N.Count > 1 ? V.Load(N.Count > 2 ? row + V.Count : lastOfRow) : zero;
            V b2 = N.Count > 2 ? V.Load(N.Count > 3 ? row + (2 * V.Count) : lastOfRow) : zero;
            V b3 = N.Count > 3 ? V.Load(N.Count > 4 ? row + (3 * V.Count) : lastOfRow) : zero;
            V b4 = N.Count > 4 ? V.Load(N.Count > 5 ? row + (4 * V.Count) : lastOfRow) : zero;
            V b5 = N.Count > 5 ? V.Load(N.Count > 6 ? row + (5 * V.Count) : lastOfRow) : zero;
            V b6 = N.Count > 6 ? V.Load(N.Count > 7 ? row + (6 * V.Count) : lastOfRow) : zero;
            V b7 = N.Count > 7 ? V.Load(lastOfRow) : zero;
            SparseRow<V, R, N>.Multiply(
                0, x0 + term, b0, b1, b2, b3, b4, b5, b6, b7,
                ref c00, ref c01, ref c02, ref c03, ref c04, ref c05, ref c06, ref c07);
            SparseRow<V, R, N>.Multiply(
                1, x1 + term, b0, b1, b2, b3, b4, b5, b6, b7,
                ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16, ref c17);
            SparseRow<V, R, N>.Multiply(
                2, x2 + term, b0, b1, b2, b3, b4, b5, b6, b7,
                ref c20, ref c21, ref c22, ref c23, ref c24, ref c25, ref c26, ref c27);
            SparseRow<V, R, N>.Multiply(
                3, x3 + term, b0, b1, b2, b3, b4, b5, b6, b7,
                ref c30, ref c31, ref c32, ref c33, ref c34, ref c35, ref c36, ref c37);
        }

        SparseRow<V, R, N>.Store(
            0, c, s.LastCount,
            c00, c01, c02, c03, c04, c05, c06, c07);
        SparseRow<V, R, N>.Store(
            1, c + rc, s.LastCount,
            c10, c11, c12, c13, c14, c15, c16, c17);
        SparseRow<V, R, N>.Store(
            2, c + (2 * rc), s.LastCount,
            c20, c21, c22, c23, c24, c25, c26, c27);
        SparseRow<V, R, N>.Store(
            3, c + (3 * rc), s.LastCount,
            c30, c31, c32, c33, c34, c35, c36, c37);
    }
}
