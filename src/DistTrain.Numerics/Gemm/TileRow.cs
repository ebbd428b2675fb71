using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// One row of a tile: N vectors, 1 to 3, in registers. Rows that a tile of R rows does not have are
/// nothing, to the JIT too.
/// </summary>
internal static unsafe class TileRow<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <summary>c = *a · b + c</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        int row, float* a, V b0, V b1, V b2, ref V c0, ref V c1, ref V c2)
    {
        if (row >= R.Count)
        {
            return;
        }

        V x = V.Broadcast(*a);
        c0 = V.Fma(x, b0, c0);
        if (N.Count > 1)
        {
            c1 = V.Fma(x, b1, c1);
        }

        if (N.Count > 2)
        {
            c2 = V.Fma(x, b2, c2);
        }
    }

    /// <summary>c = left + c</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(int row, float* left, ref V c0, ref V c1, ref V c2)
    {
        if (row >= R.Count)
        {
            return;
        }

        c0 = V.Load(left) + c0;
        if (N.Count > 1)
        {
            c1 = V.Load(left + V.Count) + c1;
        }

        if (N.Count > 2)
        {
            c2 = V.Load(left + (2 * V.Count)) + c2;
        }
    }

    /// <summary>Loads all vectors, of the last one <paramref name="lastCount"/> numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(
        int row, float* from, int lastCount, ref V c0, ref V c1, ref V c2)
    {
        if (row >= R.Count)
        {
            return;
        }

        float* end = from + ((N.Count - 1) * V.Count);
        V last = lastCount == V.Count ? V.Load(end) : V.LoadPartial(end, lastCount);
        c0 = N.Count > 1 ? V.Load(from) : last;
        if (N.Count > 1)
        {
            c1 = N.Count > 2 ? V.Load(from + V.Count) : last;
        }

        if (N.Count > 2)
        {
            c2 = last;
        }
    }

    /// <summary>Stores all vectors, of the last one <paramref name="lastCount"/> numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int row, float* to, int lastCount, V c0, V c1, V c2)
    {
        if (row >= R.Count)
        {
            return;
        }

        if (N.Count > 1)
        {
            V.Store(to, c0);
        }

        if (N.Count > 2)
        {
            V.Store(to + V.Count, c1);
        }

        V last = N.Count == 1 ? c0 : N.Count == 2 ? c1 : c2;
        to += (N.Count - 1) * V.Count;
        if (lastCount == V.Count)
        {
            V.Store(to, last);
        }
        else
        {
            V.StorePartial(to, last, lastCount);
        }
    }
}
