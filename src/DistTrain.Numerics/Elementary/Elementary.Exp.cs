using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// eˣ, +∞ above 88.72, gradually to +0 below −87.3. With n = round(x / ln 2) and r = x − n ln 2
    /// (Cody and Waite, in two parts), |r| ≤ 0.347: eˣ = 2ⁿ · p(r), p of degree 6.
    /// </summary>
    /// <remarks>Worst of all arguments: 0.90 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x)
        where V : struct, ILanes<V>
    {
        // Beyond these the result is 0 or ∞ by the scaling below; NaN fails both tests and stays.
        x = V.SelectLess(x, V.Broadcast(-105f), V.Broadcast(-105f), x);
        x = V.SelectLess(V.Broadcast(89f), x, V.Broadcast(89f), x);

        V shifted = V.Fma(x, V.Broadcast(1.44269502f), V.Broadcast(RoundToInteger));
        V n = shifted - V.Broadcast(RoundToInteger);
        V r = V.Fma(n, V.Broadcast(-Ln2High), x);
        r = V.Fma(n, V.Broadcast(-Ln2Low), r);

        V p = V.Broadcast(0.00138389028f);
        p = V.Fma(p, r, V.Broadcast(0.00836919248f));
        p = V.Fma(p, r, V.Broadcast(0.0416681021f));
        p = V.Fma(p, r, V.Broadcast(0.166665167f));
        p = V.Fma(p, r, V.Broadcast(0.499999940f));
        p = V.Fma(p, r, V.Broadcast(1f));
        p = V.Fma(p, r, V.Broadcast(1f));

        // n is −151 … 128, more than one exponent field holds. Two factors do it: the first
        // product is exact, so a denormal result is rounded once here.
        V whole = V.SubtractBits(shifted, V.Broadcast(RoundToInteger));
        V half = V.ShiftBitsRightArithmetic(whole, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(V.SubtractBits(whole, half));
    }

    /// <summary>2ⁿ for the integer n in the bits, −126 … 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<V>(V n)
        where V : struct, ILanes<V> =>
        V.AddBits(V.ShiftBitsLeft(n, ExponentShift), V.Broadcast(1f));
}
