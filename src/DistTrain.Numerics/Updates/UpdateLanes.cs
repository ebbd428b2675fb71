using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>A step's constants in every lane, and what all rules do to a gradient first.</summary>
internal readonly struct UpdateLanes<V>(in UpdateStep step)
    where V : struct, ILanes<V>
{
    private const int SmallestNormalBits = 0x0080_0000;

    public readonly V Scale = V.Broadcast(step.Scale);

    public readonly V ClipFactor = V.Broadcast(step.ClipFactor);

    public readonly V L2 = V.Broadcast(step.L2);

    public readonly V Decay = V.Broadcast(step.Decay);

    public readonly V MinusRate = V.Broadcast(-step.Rate);

    public readonly V Beta1 = V.Broadcast(step.Beta1);

    public readonly V Beta2 = V.Broadcast(step.Beta2);

    public readonly V OneMinusBeta1 = V.Broadcast(step.OneMinusBeta1);

    public readonly V OneMinusBeta2 = V.Broadcast(step.OneMinusBeta2);

    public readonly V RootCorrection = V.Broadcast(step.RootCorrection);

    public readonly V Epsilon = V.Broadcast(step.Epsilon);

    private readonly bool _clips = step.ClipFactor != 1;

    private readonly bool _hasL2 = step.L2 != 0;

    private readonly bool _decays = step.Decay != 1;

    /// <summary>g = (root + 0) · scale; clipped; + λ · w (fused) where there is L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Prepare(V root, V before)
    {
        V gradient = (root + V.Broadcast(0)) * Scale;
        gradient = _clips ? gradient * ClipFactor : gradient;
        return _hasL2 ? V.Fma(L2, before, gradient) : gradient;
    }

    /// <summary>w · (1 − lr · decay) where there is decoupled decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Decayed(V before) => _decays ? before * Decay : before;

    /// <summary>Denormal moments, and −0, become +0: they cost much and never decay to zero (N9).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V FlushDenormal(V moment) => V.SelectLess(
        moment & V.BroadcastBits(0x7FFF_FFFF), V.BroadcastBits(SmallestNormalBits),
        V.Broadcast(0), moment);

    /// <summary>The same of a moment that is no less than 0: a sum of squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V FlushDenormalSquare(V moment) => V.SelectLess(
        moment, V.BroadcastBits(SmallestNormalBits), V.Broadcast(0), moment);
}
