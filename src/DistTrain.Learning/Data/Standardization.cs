namespace DistTrain.Learning;

/// <summary>
/// Mean and (population) standard deviation of training samples, rounded once to binary32.
/// Determinism: sums are integers, or binary64 in sample order.
/// </summary>
internal static class Standardization
{
    /// <summary>One mean and deviation over all pixels of all samples.</summary>
    public static (float[] Mean, float[] Deviation) OfBytes(Dataset training)
    {
        long[] counts = new long[256];
        for (int i = 0; i < training.Count; i++)
        {
            foreach (byte value in training.ReadBytes(i))
            {
                counts[value]++;
            }
        }

        double total = (double)training.Count * training.Features;
        long sum = 0;
        for (int value = 0; value < counts.Length; value++)
        {
            sum += value * counts[value];
        }

        double mean = sum / total;
        double squares = 0;
        for (int value = 0; value < counts.Length; value++)
        {
            squares += counts[value] * ((value - mean) * (value - mean));
        }

        return ([(float)mean], [ToDeviation(squares / total)]);
    }

    /// <summary>One mean and deviation for each feature.</summary>
    public static (float[] Mean, float[] Deviation) OfFloats(Dataset training)
    {
        double[] mean = new double[training.Features];
        double[] squares = new double[training.Features];
        float[] sample = new float[training.Features];
        for (int i = 0; i < training.Count; i++)
        {
            training.ReadFloats(i, sample);
            for (int j = 0; j < sample.Length; j++)
            {
                mean[j] += sample[j];
            }
        }

        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] /= training.Count;
        }

        for (int i = 0; i < training.Count; i++)
        {
            training.ReadFloats(i, sample);
            for (int j = 0; j < sample.Length; j++)
            {
                double difference = sample[j] - mean[j];
                squares[j] += difference * difference;
            }
        }

        return (
            Array.ConvertAll(mean, value => (float)value),
            Array.ConvertAll(squares, value => ToDeviation(value / training.Count)));
    }

    /// <summary>
    /// A constant feature gets 1: its inputs are 0 instead of 0 ÷ 0. Its deviation is exactly 0,
    /// since in binary64 the sum of up to 2²⁹ equal binary32 numbers, and so the mean, is exact.
    /// </summary>
    private static float ToDeviation(double variance)
    {
        float deviation = (float)Math.Sqrt(variance);
        return deviation > 0 ? deviation : 1;
    }
}
