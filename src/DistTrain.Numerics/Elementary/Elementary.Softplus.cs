using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// log(1 + eˣ) = max(x, 0) + log(1 + exp(−|x|)): neither overflows for large x nor loses the
    /// small values for negative x. softplus(−z) is −log of the sigmoid of z, the term of the
    /// binary cross-entropy.
    /// </summary>
    /// <remarks>Worst of all arguments: 1.66 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V>(V x)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0f);
        V positivePart = V.SelectLess(zero, x, x, zero);
        return positivePart + LogOfOnePlusUnit(Exp(NegativeMagnitude(x)));
    }
}
