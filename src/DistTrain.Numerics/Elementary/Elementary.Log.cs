using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// Natural logarithm: −∞ at ±0, NaN below zero. With x = 2ᵉ(1 + f), −0.25 ≤ f &lt; 0.5:
    /// e ln 2 + log(1 + f).
    /// </summary>
    /// <remarks>Worst of all arguments: 0.93 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x)
        where V : struct, ILanes<V>
    {
        // Denormals are scaled into the normal range.
        V isTiny = V.LessThan(x, V.BroadcastBits(1 << ExponentShift));
        V normal = V.Select(isTiny, x * V.Broadcast(8_388_608f), x);
        V scaledBy = isTiny & V.Broadcast(-23f);

        V threeQuarters = V.Broadcast(0.75f);
        V exponent = V.ShiftBitsRightArithmetic(
            V.SubtractBits(normal, threeQuarters), ExponentShift);
        V f = V.SubtractBits(normal, V.ShiftBitsLeft(exponent, ExponentShift)) - V.Broadcast(1f);
        V e = V.AddBits(exponent, V.Broadcast(RoundToInteger)) - V.Broadcast(RoundToInteger);
        V result = AddExponent(e + scaledBy, LogOfOnePlus(f));

        V zero = V.Broadcast(0f);
        V infinity = V.Broadcast(float.PositiveInfinity);
        result = V.SelectLess(x, infinity, result, x);
        result = V.Select(V.Equal(x, zero), V.Broadcast(float.NegativeInfinity), result);
        return V.SelectLess(x, zero, V.Broadcast(float.NaN), result);
    }

    /// <summary>log(1 + e) for 0 ≤ e ≤ 1, accurate for the smallest e; passes NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOfOnePlusUnit<V>(V e)
        where V : struct, ILanes<V>
    {
        // Above one half: log(1 + e) = ln 2 + log(1 + f) with f = (e − 1) / 2.
        V half = V.Broadcast(0.5f);
        V isLarge = V.LessThan(half, e);
        V f = V.Select(isLarge, V.Fma(e, half, V.Broadcast(-0.5f)), e);
        return AddExponent(isLarge & V.Broadcast(1f), LogOfOnePlus(f));
    }

    /// <summary>log(1 + f) = f + f² q(f) for −0.25 ≤ f ≤ 0.5, q of degree 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOfOnePlus<V>(V f)
        where V : struct, ILanes<V>
    {
        V q = V.Broadcast(-0.0460743979f);
        q = V.Fma(q, f, V.Broadcast(0.105969682f));
        q = V.Fma(q, f, V.Broadcast(-0.132123336f));
        q = V.Fma(q, f, V.Broadcast(0.144758955f));
        q = V.Fma(q, f, V.Broadcast(-0.166424766f));
        q = V.Fma(q, f, V.Broadcast(0.199903548f));
        q = V.Fma(q, f, V.Broadcast(-0.250001937f));
        q = V.Fma(q, f, V.Broadcast(0.333334625f));
        q = V.Fma(q, f, V.Broadcast(-0.5f));
        return V.Fma(f * f, q, f);
    }

    /// <summary>e ln 2 + log; exact where e is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V AddExponent<V>(V e, V log)
        where V : struct, ILanes<V> =>
        V.Fma(e, V.Broadcast(Ln2High), V.Fma(e, V.Broadcast(Ln2Low), log));
}
