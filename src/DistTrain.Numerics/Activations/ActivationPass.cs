namespace DistTrain.Numerics;

/// <summary>Bias and activation over a batch, and the way back.</summary>
internal static unsafe class ActivationPass<V>
    where V : struct, ILanes<V>
{
    /// <summary>y = f((z + 0) + bias) over one row; the logits are put back in place of z where
    /// the rule's derivative needs them.</summary>
    public static void ForwardRow<TRule>(float* z, float* bias, float* y, int columns)
        where TRule : struct, IActivationRule<V>
    {
        V zero = V.Broadcast(0);
        int j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V logit = V.Load(z + j) + zero + V.Load(bias + j);
            if (TRule.KeepsLogits)
            {
                V.Store(z + j, logit);
            }

            V.Store(y + j, TRule.Forward(logit));
        }

        if (j < columns)
        {
            int count = columns - j;
            V logit = V.LoadPartial(z + j, count) + zero + V.LoadPartial(bias + j, count);
            if (TRule.KeepsLogits)
            {
                V.StorePartial(z + j, logit, count);
            }

            V.StorePartial(y + j, TRule.Forward(logit), count);
        }
    }

    /// <summary>dy becomes dz in place, over one row.</summary>
    public static void BackwardRow<TRule>(float* gradient, float* z, float* y, int columns)
        where TRule : struct, IActivationRule<V>
    {
        int j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V dz = TRule.Backward(V.Load(gradient + j), V.Load(z + j), V.Load(y + j));
            V.Store(gradient + j, dz);
        }

        if (j < columns)
        {
            int count = columns - j;
            V dz = TRule.Backward(
                V.LoadPartial(gradient + j, count), V.LoadPartial(z + j, count),
                V.LoadPartial(y + j, count));
            V.StorePartial(gradient + j, dz, count);
        }
    }
}
