namespace DistTrain.Numerics;

/// <summary>Sums, differences and dropout of vectors.</summary>
internal static unsafe class Elementwise<V>
    where V : struct, ILanes<V>
{
    /// <summary>y = x · factor, +0 where the factor is 0; y may be x.</summary>
    public static void DropOut(float* x, float* factors, float* y, int length)
    {
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            V.Store(y + i, Dropout.Apply(V.Load(x + i), V.Load(factors + i)));
        }

        if (i < length)
        {
            int count = length - i;
            V kept = Dropout.Apply(V.LoadPartial(x + i, count), V.LoadPartial(factors + i, count));
            V.StorePartial(y + i, kept, count);
        }
    }

    /// <summary>sum = left + right; sum may be either.</summary>
    public static void Add(float* left, float* right, float* sum, int length)
    {
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            V.Store(sum + i, V.Load(left + i) + V.Load(right + i));
        }

        if (i < length)
        {
            int count = length - i;
            V total = V.LoadPartial(left + i, count) + V.LoadPartial(right + i, count);
            V.StorePartial(sum + i, total, count);
        }
    }

    /// <summary>difference = left − right</summary>
    public static void Subtract(float* left, float* right, float* difference, int length)
    {
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            V.Store(difference + i, V.Load(left + i) - V.Load(right + i));
        }

        if (i < length)
        {
            int count = length - i;
            V rest = V.LoadPartial(left + i, count) - V.LoadPartial(right + i, count);
            V.StorePartial(difference + i, rest, count);
        }
    }
}
