using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>The element-wise formula of an optimizer, once for every width (N9).</summary>
internal interface IUpdateRule<V>
    where V : struct, ILanes<V>
{
    /// <summary>Moments that it keeps, 0 … 2. A constant to the JIT.</summary>
    static abstract int Moments { get; }

    /// <summary>Returns the new weight; the moments are updated in place.</summary>
    static abstract V Step(in UpdateLanes<V> c, V gradient, V weight, ref V first, ref V second);
}

/// <summary>w = fma(−lr, g, w)</summary>
internal readonly struct SgdRule<V> : IUpdateRule<V>
    where V : struct, ILanes<V>
{
    public static int Moments => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(in UpdateLanes<V> c, V gradient, V weight, ref V first, ref V second) =>
        V.Fma(c.MinusRate, gradient, weight);
}

/// <summary>v = fma(μ, v, g); w = fma(−lr, v, w)</summary>
internal readonly struct MomentumRule<V> : IUpdateRule<V>
    where V : struct, ILanes<V>
{
    public static int Moments => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(in UpdateLanes<V> c, V gradient, V weight, ref V first, ref V second)
    {
        first = UpdateLanes<V>.FlushDenormal(V.Fma(c.Beta1, first, gradient));
        return V.Fma(c.MinusRate, first, weight);
    }
}

/// <summary>v = fma(μ, v, g); w = fma(−lr, fma(μ, v, g), w)</summary>
internal readonly struct NesterovRule<V> : IUpdateRule<V>
    where V : struct, ILanes<V>
{
    public static int Moments => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(in UpdateLanes<V> c, V gradient, V weight, ref V first, ref V second)
    {
        first = UpdateLanes<V>.FlushDenormal(V.Fma(c.Beta1, first, gradient));
        return V.Fma(c.MinusRate, V.Fma(c.Beta1, first, gradient), weight);
    }
}

/// <summary>
/// m = fma(c1, g, β1·m); v = fma(c2·g, g, β2·v); w = fma(−α, m / fma(√v, r, ε), w)
/// </summary>
internal readonly struct AdamRule<V> : IUpdateRule<V>
    where V : struct, ILanes<V>
{
    public static int Moments => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(in UpdateLanes<V> c, V gradient, V weight, ref V first, ref V second)
    {
        first = UpdateLanes<V>.FlushDenormal(
            V.Fma(c.OneMinusBeta1, gradient, c.Beta1 * first));
        second = UpdateLanes<V>.FlushDenormalSquare(
            V.Fma(c.OneMinusBeta2 * gradient, gradient, c.Beta2 * second));
        V denominator = V.Fma(V.Sqrt(second), c.RootCorrection, c.Epsilon);
        return V.Fma(c.MinusRate, first / denominator, weight);
    }
}
