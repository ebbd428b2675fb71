namespace DistTrain.Learning;

/// <summary>The predicted class: the lowest index of the largest of a sample's outputs.</summary>
internal static class LargestOutput
{
    private const int Magnitude = int.MaxValue;
    private const int Infinity = 0x7F800000;

    /// <summary>Without a jump on an output: which class is the largest so far cannot be predicted,
    /// and the JIT makes jumps of selections in a loop.</summary>
    /// <param name="outputs">(classes), one or more. A NaN is never larger than another output, and
    /// none is larger than a NaN that is the first.</param>
    public static int IndexIn(ReadOnlySpan<float> outputs)
    {
        int best = 0;
        int most = float.IsNaN(outputs[0]) ? int.MaxValue : OrderOf(outputs[0]);
        for (int j = 1; j < outputs.Length; j++)
        {
            int order = OrderOf(outputs[j]);
            int ifMore = (int)(((long)most - order) >> 63);
            best ^= (best ^ j) & ifMore;
            most ^= (most ^ order) & ifMore;
        }

        return best;
    }

    /// <summary>Integers in the order of the numbers, NaN below all; −0 is +0.</summary>
    private static int OrderOf(float number)
    {
        int bits = BitConverter.SingleToInt32Bits(number + 0f);
        int isNaN = (Infinity - (bits & Magnitude)) >> 31;
        return ((bits ^ ((bits >> 31) & Magnitude)) & ~isNaN) | (int.MinValue & isNaN);
    }
}
