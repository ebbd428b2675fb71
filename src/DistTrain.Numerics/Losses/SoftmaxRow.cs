namespace DistTrain.Numerics;

/// <summary>
/// Softmax of one row: e = exp(z − max), their sum in 16 virtual lanes, p = e / sum (N4).
/// </summary>
internal static unsafe class SoftmaxRow<V>
    where V : struct, ILanes<V>
{
    /// <summary>Writes the probabilities; returns (max, Σ exp(z − max)).</summary>
    public static (float Max, float Sum) Forward(float* z, float* y, int columns)
    {
        float max = Max(z, columns);
        V shift = V.Broadcast(max);
        int j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V.Store(y + j, Elementary.Exp(V.Load(z + j) - shift));
        }

        if (j < columns)
        {
            V rest = Elementary.Exp(V.LoadPartial(z + j, columns - j) - shift);
            V.StorePartial(y + j, rest, columns - j);
        }

        float sum = LaneSum<V>.Sum(default(Itself<V>), y, y, columns);
        Divide(y, sum, columns);
        return (max, sum);
    }

    /// <summary>g = y ⊙ (g − ⟨g, y⟩) in place.</summary>
    public static void Backward(float* gradient, float* y, int columns)
    {
        V mean = V.Broadcast(LaneSum<V>.Sum(default(Product<V>), gradient, y, columns));
        int j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V.Store(gradient + j, V.Load(y + j) * (V.Load(gradient + j) - mean));
        }

        if (j < columns)
        {
            int count = columns - j;
            V g = V.LoadPartial(y + j, count) * (V.LoadPartial(gradient + j, count) - mean);
            V.StorePartial(gradient + j, g, count);
        }
    }

    // The largest number is the same in any order; a NaN makes the row NaN through its exp.
    private static float Max(float* z, int columns)
    {
        float max = z[0];
        for (int j = 1; j < columns; j++)
        {
            if (max < z[j])
            {
                max = z[j];
            }
        }

        return max;
    }

    private static void Divide(float* y, float sum, int columns)
    {
        V divisor = V.Broadcast(sum);
        int j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V.Store(y + j, V.Load(y + j) / divisor);
        }

        if (j < columns)
        {
            V.StorePartial(y + j, V.LoadPartial(y + j, columns - j) / divisor, columns - j);
        }
    }
}
