using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>An activation's formula and that of its gradient, once for every width.</summary>
internal interface IActivationRule<V>
    where V : struct, ILanes<V>
{
    /// <summary>Whether <see cref="Backward"/> reads z. A constant to the JIT.</summary>
    static abstract bool KeepsLogits { get; }

    /// <summary>y = f(z)</summary>
    static abstract V Forward(V z);

    /// <summary>dz = dy · f′(z), from z and y = f(z).</summary>
    static abstract V Backward(V dy, V z, V y);
}

internal readonly struct LinearRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z) => z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y) => dy;
}

/// <summary>1 / (1 + e⁻ᶻ); its gradient dy · (y · (1 − y)).</summary>
internal readonly struct SigmoidRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z) => Elementary.Sigmoid(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y) => dy * (y * (V.Broadcast(1) - y));
}

/// <summary>tanh z; its gradient dy · fma(−y, y, 1).</summary>
internal readonly struct TanhRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z) => Elementary.Tanh(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y) =>
        dy * V.Fma(y ^ V.BroadcastBits(int.MinValue), y, V.Broadcast(1));
}

/// <summary>z &lt; 0 ? +0 : z (NaN passes); its gradient dy where y &gt; 0, else +0.</summary>
internal readonly struct ReluRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z)
    {
        V zero = V.Broadcast(0);
        return V.SelectLess(z, zero, zero, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y)
    {
        V zero = V.Broadcast(0);
        return V.SelectLess(zero, y, dy, zero);
    }
}

/// <summary>
/// z &lt; 0 ? 0.01 · z : z (slope as in PyTorch); gradient likewise, by y &gt; 0, which is the
/// same as z &gt; 0.
/// </summary>
internal readonly struct LeakyReluRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => false;

    private const float Slope = 0.01f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z) =>
        V.SelectLess(z, V.Broadcast(0), V.Broadcast(Slope) * z, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y) =>
        V.SelectLess(V.Broadcast(0), y, dy, V.Broadcast(Slope) * dy);
}

/// <summary>
/// z · Φ(z), Φ by erf (not the tanh form); its gradient dy · fma(z, φ(z), Φ(z)).
/// Hendrycks and Gimpel, 2016.
/// </summary>
internal readonly struct GeluRule<V> : IActivationRule<V>
    where V : struct, ILanes<V>
{
    public static bool KeepsLogits => true;

    private const float RootHalf = 0.70710678f;
    private const float InverseRootTwoPi = 0.39894228f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward(V z) => z * Phi(z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward(V dy, V z, V y)
    {
        V density = V.Broadcast(InverseRootTwoPi) * Elementary.Exp(V.Broadcast(-0.5f) * z * z);
        return dy * V.Fma(z, density, Phi(z));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Phi(V z)
    {
        V half = V.Broadcast(0.5f);
        return V.Fma(half, Elementary.Erf(z * V.Broadcast(RootHalf)), half);
    }
}
