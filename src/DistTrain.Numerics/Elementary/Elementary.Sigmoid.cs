using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// 1 / (1 + e⁻ˣ). Written with e = exp(−|x|), which cannot overflow: e / (1 + e) for negative
    /// x, so that it goes to +0 through the denormals, and 1 / (1 + e) for the others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x)
        where V : struct, ILanes<V>
    {
        V one = V.Broadcast(1f);
        V e = Exp(NegativeMagnitude(x));
        return V.Select(V.LessThan(x, V.Broadcast(0f)), e, one) / (one + e);
    }
}
