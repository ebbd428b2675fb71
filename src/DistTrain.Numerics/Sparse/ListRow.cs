using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>One row of a <see cref="ListTile{V, R, N}"/>: N vectors, 1 to 4, in registers. Rows
/// that a tile of R rows does not have are nothing, to the JIT too.</summary>
internal static unsafe class ListRow<V, R, N>
    where V : struct, ILanes<V>
    where R : struct, IExtent
    where N : struct, IExtent
{
    /// <summary>c = *x · b + c</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        int row, float* x, V b0, V b1, V b2, V b3, ref V c0, ref V c1, ref V c2, ref V c3)
    {
        if (row >= R.Count)
        {
            return;
        }

        V left = V.Broadcast(*x);
        c0 = V.Fma(left, b0, c0);
        c1 = N.Count > 1 ? V.Fma(left, b1, c1) : c1;
        c2 = N.Count > 2 ? V.Fma(left, b2, c2) : c2;
        c3 = N.Count > 3 ? V.Fma(left, b3, c3) : c3;
    }

    /// <summary>Stores all vectors, of the last one <paramref name="lastCount"/> numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int row, float* to, int lastCount, V c0, V c1, V c2, V c3)
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

        V last = N.Count switch { 1 => c0, 2 => c1, 3 => c2, _ => c3 };
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
