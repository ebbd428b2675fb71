using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The sum along a vector in 16 virtual lanes (N4): lane l takes elements l, l + 16, …; then lanes
/// are folded l + 8, l + 4, l + 2, l + 1. The same bits at every vector width.
/// </summary>
internal static unsafe class LaneSum<V>
    where V : struct, ILanes<V>
{
    /// <summary>Virtual lanes, whatever the hardware has.</summary>
    public const int Lanes = 16;

    /// <summary>Σ f(x[i]) or, with a second operand, Σ f(x[i], y[i]).</summary>
    public static float Sum<TTerm>(TTerm term, float* x, float* y, int length)
        where TTerm : struct, ISumTerm<V>
    {
        float* lanes = stackalloc float[Lanes];
        for (int l = 0; l < Lanes; l += V.Count)
        {
            V.Store(lanes + l, V.Broadcast(0));
        }

        int i = 0;
        for (; i + Lanes <= length; i += Lanes)
        {
            for (int l = 0; l < Lanes; l += V.Count)
            {
                V value = term.Of(V.Load(x + i + l), V.Load(y + i + l));
                V.Store(lanes + l, V.Load(lanes + l) + value);
            }
        }

        AddTail(term, x + i, y + i, length - i, lanes);
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0];
    }

    // Lanes without an element add nothing: a lane is never −0, but f(0) need not be 0.
    private static void AddTail<TTerm>(TTerm term, float* x, float* y, int length, float* lanes)
        where TTerm : struct, ISumTerm<V>
    {
        for (int l = 0; l < length; l += V.Count)
        {
            int count = length - l;
            if (count >= V.Count)
            {
                V value = term.Of(V.Load(x + l), V.Load(y + l));
                V.Store(lanes + l, V.Load(lanes + l) + value);
            }
            else
            {
                V value = term.Of(V.LoadPartial(x + l, count), V.LoadPartial(y + l, count));
                V.StorePartial(lanes + l, V.Load(lanes + l) + value, count);
            }
        }
    }
}

/// <summary>What is summed, as a function of two operands (the second may be ignored).</summary>
internal interface ISumTerm<V>
    where V : struct, ILanes<V>
{
    V Of(V x, V y);
}

/// <summary>x</summary>
internal readonly struct Itself<V> : ISumTerm<V>
    where V : struct, ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(V x, V y) => x;
}

/// <summary>x · y, rounded before it is added.</summary>
internal readonly struct Product<V> : ISumTerm<V>
    where V : struct, ILanes<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(V x, V y) => x * y;
}
