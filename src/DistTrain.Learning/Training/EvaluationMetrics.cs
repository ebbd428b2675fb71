namespace DistTrain.Learning;

/// <summary>
/// What a range of microbatches of an evaluation set tells: the loss summed in the microbatch
/// tree, and how often each class was taken for each.
/// </summary>
public sealed class EvaluationMetrics
{
    private readonly int[] _confusion;

    /// <param name="classes">Outputs of the network.</param>
    /// <param name="lossSum">Sum of the samples' losses.</param>
    /// <param name="confusion">(classes, classes): row the true class, column the
    /// predicted.</param>
    public EvaluationMetrics(int classes, double lossSum, int[] confusion)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(confusion.Length, classes * classes);
        Classes = classes;
        LossSum = lossSum;
        _confusion = confusion;
        Samples = confusion.Sum();
        for (int c = 0; c < classes; c++)
        {
            Correct += confusion[(c * classes) + c];
        }
    }

    public int Classes { get; }

    public double LossSum { get; }

    public int Samples { get; }

    /// <summary>Samples whose largest output is their class; ties go to the lowest index.</summary>
    public int Correct { get; }

    public double MeanLoss => LossSum / Samples;

    public double Accuracy => (double)Correct / Samples;

    /// <summary>Samples of class <paramref name="actual"/> taken for the other.</summary>
    public int Confusion(int actual, int predicted) => _confusion[(actual * Classes) + predicted];

    /// <summary>(classes, classes), row by row.</summary>
    public ReadOnlySpan<int> ConfusionMatrix => _confusion;

    /// <summary>An inner node of the tree: left + right.</summary>
    public static EvaluationMetrics Combine(EvaluationMetrics left, EvaluationMetrics right)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Classes, right.Classes);
        int[] confusion = new int[left._confusion.Length];
        for (int i = 0; i < confusion.Length; i++)
        {
            confusion[i] = left._confusion[i] + right._confusion[i];
        }

        return new EvaluationMetrics(left.Classes, left.LossSum + right.LossSum, confusion);
    }
}
