namespace DistTrain.Numerics;

/// <summary>
/// <see cref="LossRow{V}.SoftmaxCrossEntropy"/> for as many samples at once as a vector has lanes,
/// each in its lane: the same operations on the same numbers, in the same order, without the waits
/// of one row's maximum, sum and logarithm. For few classes, which one row would not fill a vector
/// with.
/// </summary>
internal static unsafe class SoftmaxBlock<V>
    where V : struct, ILanes<V>
{
    /// <summary>More classes would be added up in several turns of the virtual lanes.</summary>
    public const int MaxColumns = LaneSum<V>.Lanes;

    // Two blocks of columns, and what each lane has for itself.
    private const int RowsOfScratch = (2 * MaxColumns) + 3;

    /// <summary>Numbers of scratch.</summary>
    public static int ScratchLength => RowsOfScratch * V.Count;

    /// <param name="rows">Samples, 1 … V.Count.</param>
    /// <param name="columns">Classes, 1 … <see cref="MaxColumns"/>.</param>
    /// <param name="z">(rows, columns)</param>
    /// <param name="zStride">Row stride of z.</param>
    /// <param name="labels">(rows)</param>
    /// <param name="weights">(rows), or null for 1.</param>
    /// <param name="y">(rows, columns): probabilities.</param>
    /// <param name="yStride">Row stride of y.</param>
    /// <param name="losses">(rows)</param>
    /// <param name="dz">(rows, columns): dL/dz.</param>
    /// <param name="dzStride">Row stride of dz.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> finite numbers.</param>
    public static void CrossEntropy(
        int rows, int columns, float* z, nint zStride, int* labels, float* weights,
        float* y, nint yStride, float* losses, float* dz, nint dzStride, float* scratch)
    {
        float* block = scratch;
        float* other = block + (MaxColumns * V.Count);
        float* classes = other + (MaxColumns * V.Count);
        float* factors = classes + V.Count;
        float* results = factors + V.Count;
        for (int i = 0; i < rows; i++)
        {
            classes[i] = labels[i];
            factors[i] = weights == null ? 1f : weights[i];
        }

        Transposition<V>.Copy(rows, columns, z, zStride, block, V.Count);
        V label = V.Load(classes), weight = V.Load(factors), zero = V.Broadcast(0);
        V max = V.Load(block), own = zero;
        for (int j = 0; j < columns; j++)
        {
            V logit = V.Load(block + (j * V.Count));
            max = V.SelectLess(max, logit, logit, max);
            own = V.Select(V.Equal(label, V.Broadcast(j)), logit, own);
        }

        for (int j = 0; j < columns; j++)
        {
            float* at = block + (j * V.Count);
            V.Store(at, Elementary.Exp(V.Load(at) - max));
        }

        V sum = Sum(columns, block, other);
        V.Store(results, (Elementary.Log(sum) - (own - max)) * weight);
        V one = V.Broadcast(1);
        for (int j = 0; j < columns; j++)
        {
            float* at = block + (j * V.Count);
            V p = V.Load(at) / sum;
            V target = V.Select(V.Equal(label, V.Broadcast(j)), p - one, p);
            V.Store(at, p);
            V.Store(other + (j * V.Count), target * weight);
        }

        Transposition<V>.Copy(columns, rows, block, V.Count, y, yStride);
        Transposition<V>.Copy(columns, rows, other, V.Count, dz, dzStride);
        for (int i = 0; i < rows; i++)
        {
            losses[i] = results[i];
        }
    }

    // The fold of LaneSum: l + 8, l + 4, l + 2, l + 1; lanes without a column are left out, for
    // they would add +0 to what is never −0.
    private static V Sum(int columns, float* terms, float* folded)
    {
        int half = MaxColumns / 2;
        int count = Math.Min(columns, half);
        for (int l = 0; l < count; l++)
        {
            V term = V.Load(terms + (l * V.Count));
            V.Store(
                folded + (l * V.Count),
                l + half < columns ? term + V.Load(terms + ((l + half) * V.Count)) : term);
        }

        for (half /= 2; half > 0; half /= 2)
        {
            for (int l = 0; l + half < count; l++)
            {
                float* at = folded + (l * V.Count);
                V.Store(at, V.Load(at) + V.Load(at + (half * V.Count)));
            }

            count = Math.Min(count, half);
        }

        return V.Load(folded);
    }
}
