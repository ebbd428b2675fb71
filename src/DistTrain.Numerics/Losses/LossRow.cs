namespace DistTrain.Numerics;

/// <summary>
/// The losses of one sample against its class, and their gradients. A loss is binary32, its sum
/// over outputs in 16 virtual lanes (N4). The weight multiplies loss and gradient.
/// </summary>
internal static unsafe class LossRow<V>
    where V : struct, ILanes<V>
{
    /// <summary>log Σ exp(z − max) − (z[t] − max); dz = p − t.</summary>
    public static float SoftmaxCrossEntropy(
        float* z, int label, float weight, float* y, float* dz, int columns)
    {
        (float max, float sum) = SoftmaxRow<V>.Forward(z, y, columns);
        for (int j = 0; j < columns; j++)
        {
            dz[j] = (j == label ? y[j] - 1f : y[j]) * weight;
        }

        return (Log(sum) - (z[label] - max)) * weight;
    }

    /// <summary>Mean of softplus(z) − t · z; dz = (sigmoid(z) − t) / columns.</summary>
    public static float SigmoidCrossEntropy(
        float* z, int label, float weight, float* y, float* dz, int columns)
    {
        float share = 1f / columns;
        for (int j = 0; j < columns; j += V.Count)
        {
            int count = Math.Min(V.Count, columns - j);
            V logit = count == V.Count ? V.Load(z + j) : V.LoadPartial(z + j, count);
            StoreFirst(y + j, Elementary.Sigmoid(logit), count);
            StoreFirst(dz + j, Elementary.Softplus(logit), count);
        }

        dz[label] -= z[label];
        float loss = LaneSum<V>.Sum(default(Itself<V>), dz, dz, columns) * share;
        for (int j = 0; j < columns; j++)
        {
            dz[j] = (j == label ? y[j] - 1f : y[j]) * share * weight;
        }

        return loss * weight;
    }

    /// <summary>Σ (y − t)²; dy = 2 (y − t).</summary>
    public static float SquaredError(
        float* y, int label, float weight, float* dy, int columns)
    {
        for (int j = 0; j < columns; j++)
        {
            dy[j] = j == label ? y[j] - 1f : y[j];
        }

        float loss = LaneSum<V>.Sum(default(Product<V>), dy, dy, columns);
        for (int j = 0; j < columns; j++)
        {
            dy[j] = 2f * dy[j] * weight;
        }

        return loss * weight;
    }

    // In a vector, so that a machine with FMA does not do it in software.
    private static float Log(float x)
    {
        float* lanes = stackalloc float[V.Count];
        V.Store(lanes, Elementary.Log(V.Broadcast(x)));
        return lanes[0];
    }

    private static void StoreFirst(float* destination, V value, int count)
    {
        if (count == V.Count)
        {
            V.Store(destination, value);
        }
        else
        {
            V.StorePartial(destination, value, count);
        }
    }
}
