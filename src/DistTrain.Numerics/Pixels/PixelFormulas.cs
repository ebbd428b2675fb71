using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>From bytes, already as numbers 0 … 255, to inputs.</summary>
internal interface IPixelFormula<V>
    where V : struct, ILanes<V>
{
    V Apply(V bytes);
}

/// <summary>b / 255 without a division: a product and one correction of it give the same bits
/// for every byte.</summary>
internal readonly struct UnitPixels<V> : IPixelFormula<V>
    where V : struct, ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V bytes)
    {
        V inverse = V.Broadcast(1f / 255f);
        V quotient = bytes * inverse;
        V rest = V.Fma(quotient, V.Broadcast(-255f), bytes);
        return V.Fma(rest, inverse, quotient);
    }
}

/// <summary>1 from 128 on.</summary>
internal readonly struct BinaryPixels<V> : IPixelFormula<V>
    where V : struct, ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V bytes) => V.SelectLess(
        bytes, V.Broadcast(128f), V.Broadcast(0f), V.Broadcast(1f));
}

/// <summary>(b − mean) / deviation, two roundings.</summary>
internal readonly struct StandardPixels<V>(float mean, float deviation) : IPixelFormula<V>
    where V : struct, ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V bytes) => (bytes - V.Broadcast(mean)) / V.Broadcast(deviation);
}
