using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// From the losses of a pass to the metrics of its node: binary64 sums over each microbatch in
/// order, then the microbatch tree (N4).
/// </summary>
internal static class MetricsReduction
{
    public static BatchMetrics Batch(
        LayerStack pass, ReadOnlySpan<int> labels, int microbatch) =>
        Batch(pass, Correct(pass, labels, 0, pass.Samples), microbatch);

    /// <param name="pass">With the losses.</param>
    /// <param name="correct">Of all its samples, by <see cref="Correct"/>.</param>
    /// <param name="microbatch">Samples in a microbatch.</param>
    public static BatchMetrics Batch(LayerStack pass, int correct, int microbatch)
    {
        int leaves = BatchPlan.CeilingOf(pass.Samples, microbatch);
        double loss = LossSum(pass.Losses.AsSpan(0, pass.Samples), microbatch, 0, leaves);
        return new BatchMetrics(loss, correct, pass.Samples);
    }

    /// <summary>How many of some samples were predicted right.</summary>
    public static int Correct(LayerStack pass, ReadOnlySpan<int> labels, int first, int end)
    {
        int correct = 0;
        Matrix outputs = pass.Outputs;
        for (int i = first; i < end; i++)
        {
            correct += LargestOutput.IndexIn(outputs.Row(i)) == labels[i] ? 1 : 0;
        }

        return correct;
    }

    public static EvaluationMetrics Evaluation(
        LayerStack pass, ReadOnlySpan<int> labels, int microbatch, int classes)
    {
        int[] confusion = new int[classes * classes];
        Matrix outputs = pass.Outputs;
        for (int i = 0; i < pass.Samples; i++)
        {
            confusion[(labels[i] * classes) + LargestOutput.IndexIn(outputs.Row(i))]++;
        }

        int leaves = BatchPlan.CeilingOf(pass.Samples, microbatch);
        double loss = LossSum(pass.Losses.AsSpan(0, pass.Samples), microbatch, 0, leaves);
        return new EvaluationMetrics(classes, loss, confusion);
    }

    private static double LossSum(ReadOnlySpan<float> losses, int microbatch, int start, int end)
    {
        if (end - start > 1)
        {
            int middle = ReductionTree.Middle(start, end);
            return LossSum(losses, microbatch, start, middle)
                + LossSum(losses, microbatch, middle, end);
        }

        double sum = 0;
        int last = Math.Min(end * microbatch, losses.Length);
        for (int i = start * microbatch; i < last; i++)
        {
            sum += losses[i];
        }

        return sum;
    }
}
