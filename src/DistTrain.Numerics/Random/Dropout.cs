using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistTrain.Numerics;

/// <summary>
/// Inverted dropout: an activation is dropped with probability p, else scaled by fl32(1 / (1 − p)),
/// so that its expectation stays. The decision compares integers (N5) and is addressed by (step,
/// sample, layer, unit), so no worker's share of the batch can change it.
/// </summary>
/// <remarks>
/// The forward pass fills one factor a unit, 0 or the scale, and applies it; the backward pass
/// applies the same factors to the gradient.
/// </remarks>
public static class Dropout
{
    private const int DecisionBits = 24;
    private const uint WordsABlock = 4;

    /// <summary>How many of the 2²⁴ values of a decision drop: round(p · 2²⁴), ties up.</summary>
    public static uint Threshold(double probability)
    {
        if (!(probability >= 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability), probability, "A dropout probability is at least 0, below 1.");
        }

        return (uint)((probability * (1 << DecisionBits)) + 0.5);
    }

    /// <summary>fl32(1 / (1 − p)), by which the kept activations grow.</summary>
    public static float Scale(double probability) => (float)(1 / (1 - probability));

    /// <summary>Whether a unit with this random word stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Keep(uint word, uint threshold) => word >> (32 - DecisionBits) >= threshold;

    /// <summary>
    /// The factors, 0 or <see cref="Scale"/>, of the units of one layer for one sample in one step;
    /// unit u takes word u mod 4 at the address (u / 4, layer, sample, step).
    /// </summary>
    /// <param name="stream">The run's, for dropout.</param>
    /// <param name="probability">Of being dropped.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="sample">Index of the sample.</param>
    /// <param name="step">The step.</param>
    /// <param name="factors">(units); overwritten.</param>
    /// <param name="firstUnit">The unit of the first factor, a multiple of 4.</param>
    public static void FillFactors(
        RandomStream stream,
        double probability,
        int layer,
        uint sample,
        uint step,
        Span<float> factors,
        int firstUnit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstUnit);
        (uint firstBlock, uint rest) = Math.DivRem((uint)firstUnit, WordsABlock);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rest, 0u, nameof(firstUnit));
        uint threshold = Threshold(probability);
        float scale = Scale(probability);

        // The words are made where the factors will stand.
        Span<uint> words = MemoryMarshal.Cast<float, uint>(factors);
        stream.FillFrom(firstBlock, words, (uint)layer, sample, step);
        uint kept = BitConverter.SingleToUInt32Bits(scale);
        int unit = 0;
        for (; unit + Vector512<uint>.Count <= words.Length; unit += Vector512<uint>.Count)
        {
            Span<uint> some = words.Slice(unit, Vector512<uint>.Count);
            Vector512<uint> isKept = Vector512.GreaterThanOrEqual(
                Vector512.Create((ReadOnlySpan<uint>)some) >>> (32 - DecisionBits),
                Vector512.Create(threshold));
            (isKept & Vector512.Create(kept)).CopyTo(some);
        }

        for (; unit < words.Length; unit++)
        {
            words[unit] = Keep(words[unit], threshold) ? kept : 0;
        }
    }

    /// <summary>
    /// Value · factor, and +0 where the factor is 0: a product would give −0 for a negative value.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V value, V factor)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0f);
        return V.Select(V.Equal(factor, zero), zero, value * factor);
    }
}
