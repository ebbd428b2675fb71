using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>A step's constants in every lane, and what all rules do to a gradient first.</summary>
internal readonly struct UpdateLanes<V>
    where V : struct, ILanes<V>
{
    private const int LargestDenormalBits = 0x007F_FFFF;

    private readonly UpdateStep _step;

    public UpdateLanes(in UpdateStep step)
    {
        _step = step;
        MinusRate = V.Broadcast(-step.Rate);
        Beta1 = V.Broadcast(step.Beta1);
        Beta2 = V.Broadcast(step.Beta2);
        OneMinusBeta1 = V.Broadcast(step.OneMinusBeta1);
        OneMinusBeta2 = V.Broadcast(step.OneMinusBeta2);
        RootCorrection = V.Broadcast(step.RootCorrection);
        Epsilon = V.Broadcast(step.Epsilon);
    }

    public V MinusRate { get; }

    public V Beta1 { get; }

    public V Beta2 { get; }

    public V OneMinusBeta1 { get; }

    public V OneMinusBeta2 { get; }

    public V RootCorrection { get; }

    public V Epsilon { get; }

    /// <summary>g = (root + 0) · scale; clipped; + λ · w (fused) where there is L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Prepare(V root, V before)
    {
        V gradient = (root + V.Broadcast(0)) * V.Broadcast(_step.Scale);
        gradient *= V.Broadcast(_step.ClipFactor);
        return _step.L2 == 0 ? gradient : V.Fma(V.Broadcast(_step.L2), before, gradient);
    }

    /// <summary>w · (1 − lr · decay) where there is decoupled decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Decayed(V before) =>
        _step.Decay == 1 ? before : before * V.Broadcast(_step.Decay);

    /// <summary>Denormal moments become +0: they cost much and never decay to zero (N9).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V FlushDenormal(V moment)
    {
        V magnitude = moment & V.BroadcastBits(0x7FFF_FFFF);
        V isDenormal = V.LessThan(magnitude, V.BroadcastBits(LargestDenormalBits + 1));
        return V.Select(isDenormal, V.Broadcast(0), moment);
    }
}
