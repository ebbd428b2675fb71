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
        float[] first = new float[training.Features];
        bool[] varies = new bool[training.Features];
        training.ReadFloats(0, first);
        for (int i = 0; i < training.Count; i++)
        {
            training.ReadFloats(i, sample);
            for (int j = 0; j < sample.Length; j++)
            {
                mean[j] += sample[j];
                varies[j] |= sample[j] != first[j];
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

        float[] deviation = new float[training.Features];
        for (int j = 0; j < deviation.Length; j++)
        {
            // The squares of a constant feature may be rounding errors of its mean.
            deviation[j] = varies[j] ? ToDeviation(squares[j] / training.Count) : 1;
        }

        return (Array.ConvertAll(mean, value => (float)value), deviation);
    }

    /// <summary>A feature without deviation gets 1: its inputs are 0 instead of 0 ÷ 0.</summary>
    private static float ToDeviation(double variance)
    {
        float deviation = (float)Math.Sqrt(variance);
        return deviation > 0 ? deviation : 1;
    }
}
