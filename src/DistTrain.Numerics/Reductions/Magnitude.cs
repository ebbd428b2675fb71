using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The largest magnitude among numbers. Found by bit patterns, which without their signs are
/// ordered as the numbers are, ∞ above all of them and NaN above that.
/// </summary>
internal static unsafe class Magnitude<V>
    where V : struct, ILanes<V>
{
    private const int AllButSign = 0x7FFF_FFFF;

    /// <summary>Lane by lane the larger magnitude; the first is one already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Larger(V largest, V numbers) =>
        V.MaxBits(largest, numbers & V.BroadcastBits(AllButSign));

    /// <summary>The largest of the lanes, which are magnitudes.</summary>
    public static float OfLanes(V magnitudes)
    {
        float* lanes = stackalloc float[V.Count];
        V.Store(lanes, magnitudes);
        int largest = 0;
        for (int i = 0; i < V.Count; i++)
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(lanes[i]));
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    /// <returns>0 or more; of no numbers 0; NaN or ∞ if one is.</returns>
    public static float Largest(float* numbers, int length)
    {
        V largest = V.Broadcast(0);
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            largest = Larger(largest, V.Load(numbers + i));
        }

        if (i < length)
        {
            largest = Larger(largest, V.LoadPartial(numbers + i, length - i));
        }

        return OfLanes(largest);
    }
}
