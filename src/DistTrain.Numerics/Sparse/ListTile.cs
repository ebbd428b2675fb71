namespace DistTrain.Numerics;

/// <summary>
/// R samples × N vectors of Z = X · W in registers, over the features of one list: those that any
/// of the samples has. The others have a left factor of zero in every row and change no bit (N2).
/// </summary>
/// <remarks>
/// <code>
///                  b0       b1       b2       b3        of W's row (the last from its own pointer)
///   x[sample]   c{s}0    c{s}1    c{s}2    c{s}3        R · N accumulators, one broadcast of X
/// </code>
/// 4 × 4 with 32 registers: the loads of a term (4 of W, 4 of X, 1 of the list) take less time than
/// its 16 FMAs, which they do not in a tile of 2 or 3 vectors.
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
        in Operands s, ushort* features, int count, float* a, float* b, float* last, float* c,
        float* next)
    {
        nint rb = s.RowStrideB, rl = s.RowStrideLast, rn = s.NextStride;
        float* x0 = a, x1 = a + s.RowStrideA, x2 = x1 + s.RowStrideA, x3 = x2 + s.RowStrideA;
        V zero = V.Broadcast(0);
        V c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        V c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        V c20 = zero, c21 = zero, c22 = zero, c23 = zero;
        V c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        for (ushort* end = features + count; features != end; features++)
        {
            nint term = *features;
            float* row = b + (term * rb);
            CachePrefetch.LineToL2(next + (term * rn));
            float* lastOfRow = last + (term * rl);
            V b0 = V.Load(N.Count > 1 ? row : lastOfRow);
            V b1 = N.Count > 1 ? V.Load(N.Count > 2 ? row + V.Count : lastOfRow) : zero;
            V b2 = N.Count > 2 ? V.Load(N.Count > 3 ? row + (2 * V.Count) : lastOfRow) : zero;
            V b3 = N.Count > 3 ? V.Load(lastOfRow) : zero;
            ListRow<V, R, N>.Multiply(
                0, x0 + term, b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
            ListRow<V, R, N>.Multiply(
                1, x1 + term, b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
            ListRow<V, R, N>.Multiply(
                2, x2 + term, b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
            ListRow<V, R, N>.Multiply(
                3, x3 + term, b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
        }

        nint rc = s.RowStrideC;
        ListRow<V, R, N>.Store(0, c, s.LastCount, c00, c01, c02, c03);
        ListRow<V, R, N>.Store(1, c + rc, s.LastCount, c10, c11, c12, c13);
        ListRow<V, R, N>.Store(2, c + (2 * rc), s.LastCount, c20, c21, c22, c23);
        ListRow<V, R, N>.Store(3, c + (3 * rc), s.LastCount, c30, c31, c32, c33);
    }
}
