using System.Runtime.InteropServices;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// Evaluation metrics as a tensor of binary64: loss sum, then the confusion matrix row by row;
/// counts are exact in it.
/// </summary>
internal static class EvaluationPayload
{
    public static int Elements(int classes) => 1 + (classes * classes);

    public static byte[] Of(EvaluationMetrics metrics)
    {
        int classes = metrics.Classes;
        double[] values = new double[Elements(classes)];
        values[0] = metrics.LossSum;
        for (int i = 0; i < classes * classes; i++)
        {
            values[1 + i] = metrics.Confusion(i / classes, i % classes);
        }

        return MemoryMarshal.AsBytes<double>(values).ToArray();
    }

    /// <returns>Null if these are no metrics of so many classes.</returns>
    public static EvaluationMetrics? TryRead(ReadOnlySpan<byte> bytes, int classes)
    {
        ReadOnlySpan<double> values = MemoryMarshal.Cast<byte, double>(bytes);
        if (values.Length != Elements(classes))
        {
            return null;
        }

        int[] confusion = new int[classes * classes];
        long samples = 0;
        for (int i = 0; i < confusion.Length; i++)
        {
            double count = values[1 + i];
            if (!(count >= 0 && count <= int.MaxValue && count == Math.Floor(count)))
            {
                return null;
            }

            confusion[i] = (int)count;
            samples += confusion[i];
        }

        return samples is > 0 and <= int.MaxValue
            ? new EvaluationMetrics(classes, values[0], confusion)
            : null;
    }
}
