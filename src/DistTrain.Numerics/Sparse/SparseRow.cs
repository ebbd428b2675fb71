using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>One row of a tile over some of the terms: N vectors, 1 to 8, in registers. Rows that a
/// tile of R rows does not have are nothing, to the JIT too.</summary>
/// <remarks>Not one type with <see cref="TileRow{V, R, N}"/>, whose tiles have up to 12 rows of 3:
/// in a method of so many rows of 8 the JIT stops inlining (docs/adr/0013-skipped-zeros.md). For
/// the same reason conditions are written as statements.</remarks>
internal static unsafe class SparseRow<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <summary>c = *a · b + c</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        int row, float* a, V b0, V b1, V b2, V b3, V b4, V b5, V b6, V b7,
        ref V c0, ref V c1, ref V c2, ref V c3, ref V c4, ref V c5, ref V c6, ref V c7)
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

        if (N.Count > 3)
        {
            c3 = V.Fma(x, b3, c3);
        }

        if (N.Count > 4)
        {
            c4 = V.Fma(x, b4, c4);
        }

        if (N.Count > 5)
        {
            c5 = V.Fma(x, b5, c5);
        }

        if (N.Count > 6)
        {
            c6 = V.Fma(x, b6, c6);
        }

        if (N.Count > 7)
        {
            c7 = V.Fma(x, b7, c7);
        }
    }

    /// <summary>c = left + c</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        int row, float* left,
        ref V c0, ref V c1, ref V c2, ref V c3, ref V c4, ref V c5, ref V c6, ref V c7)
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

        if (N.Count > 3)
        {
            c3 = V.Load(left + (3 * V.Count)) + c3;
        }

        if (N.Count > 4)
        {
            c4 = V.Load(left + (4 * V.Count)) + c4;
        }

        if (N.Count > 5)
        {
            c5 = V.Load(left + (5 * V.Count)) + c5;
        }

        if (N.Count > 6)
        {
            c6 = V.Load(left + (6 * V.Count)) + c6;
        }

        if (N.Count > 7)
        {
            c7 = V.Load(left + (7 * V.Count)) + c7;
        }
    }

    /// <summary>Loads all vectors, of the last one <paramref name="lastCount"/> numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(
        int row, float* from, int lastCount,
        ref V c0, ref V c1, ref V c2, ref V c3, ref V c4, ref V c5, ref V c6, ref V c7)
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
            c2 = N.Count > 3 ? V.Load(from + (2 * V.Count)) : last;
        }

        if (N.Count > 3)
        {
            c3 = N.Count > 4 ? V.Load(from + (3 * V.Count)) : last;
        }

        if (N.Count > 4)
        {
            c4 = N.Count > 5 ? V.Load(from + (4 * V.Count)) : last;
        }

        if (N.Count > 5)
        {
            c5 = N.Count > 6 ? V.Load(from + (5 * V.Count)) : last;
        }

        if (N.Count > 6)
        {
            c6 = N.Count > 7 ? V.Load(from + (6 * V.Count)) : last;
        }

        if (N.Count > 7)
        {
            c7 = last;
        }
    }

    /// <summary>Stores all vectors, of the last one <paramref name="lastCount"/> numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        int row, float* to, int lastCount, V c0, V c1, V c2, V c3, V c4, V c5, V c6, V c7)
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

        if (N.Count > 3)
        {
            V.Store(to + (2 * V.Count), c2);
        }

        if (N.Count > 4)
        {
            V.Store(to + (3 * V.Count), c3);
        }

        if (N.Count > 5)
        {
            V.Store(to + (4 * V.Count), c4);
        }

        if (N.Count > 6)
        {
            V.Store(to + (5 * V.Count), c5);
        }

        if (N.Count > 7)
        {
            V.Store(to + (6 * V.Count), c6);
        }

        V last = N.Count switch
        {
            1 => c0,
            2 => c1,
            3 => c2,
            4 => c3,
            5 => c4,
            6 => c5,
            7 => c6,
            _ => c7,
        };
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
