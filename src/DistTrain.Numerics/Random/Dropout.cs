using System.Runtime.CompilerServices;

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
    /// <param name="factors">(units); overwritten.</param>
    public static void FillFactors(
        RandomStream stream,
        double probability,
        int layer,
        uint sample,
        uint step,
        Span<float> factors)
    {
        uint threshold = Threshold(probability);
        float scale = Scale(probability);
        int whole = factors.Length & ~3;
        for (int unit = 0; unit < whole; unit += 4)
        {
            var (word0, word1, word2, word3) =
                stream.Words((uint)unit / 4, (uint)layer, sample, step);
            Span<float> four = factors.Slice(unit, 4);
            four[0] = Keep(word0, threshold) ? scale : 0;
            four[1] = Keep(word1, threshold) ? scale : 0;
            four[2] = Keep(word2, threshold) ? scale : 0;
            four[3] = Keep(word3, threshold) ? scale : 0;
        }

        for (int unit = whole; unit < factors.Length; unit++)
        {
            uint word = stream.Word((uint)unit, (uint)layer, sample, step);
            factors[unit] = Keep(word, threshold) ? scale : 0;
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
