namespace DistTrain.Numerics;

/// <summary>Scales a row of bytes.</summary>
internal static unsafe class PixelRow<V>
    where V : struct, ILanes<V>
{
    public static void Scale(byte* pixels, in PixelScale scale, float* inputs, int length)
    {
        switch (scale.Rule)
        {
            case PixelRule.Unit:
                Run(pixels, default(UnitPixels<V>), inputs, length);
                break;
            case PixelRule.Binary:
                Run(pixels, default(BinaryPixels<V>), inputs, length);
                break;
            case PixelRule.Standard:
                Run(pixels, new StandardPixels<V>(scale.Mean, scale.Deviation), inputs, length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(scale));
        }
    }

    private static void Run<TFormula>(
        byte* pixels, TFormula formula, float* inputs, int length)
        where TFormula : struct, IPixelFormula<V>
    {
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            V.Store(inputs + i, formula.Apply(V.FromBytes(pixels + i)));
        }

        if (i < length)
        {
            RunTail(pixels + i, formula, inputs + i, length - i);
        }
    }

    // Safety: FromBytes reads Count bytes, which may be more than are left, so from a copy.
    private static void RunTail<TFormula>(
        byte* pixels, TFormula formula, float* inputs, int count)
        where TFormula : struct, IPixelFormula<V>
    {
        byte* padded = stackalloc byte[V.Count];
        for (int i = 0; i < V.Count; i++)
        {
            padded[i] = i < count ? pixels[i] : (byte)0;
        }

        V.StorePartial(inputs, formula.Apply(V.FromBytes(padded)), count);
    }
}
