using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>How well one class is told from the others.</summary>
/// <param name="Class">Its label.</param>
/// <param name="Precision">Of those taken for it, the share that is it.</param>
/// <param name="Recall">Of those that are it, the share taken for it.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Support">Samples that are it.</param>
internal sealed record ClassScores(
    int Class, double Precision, double Recall, double F1, int Support)
{
    /// <summary>Scores of every class; a share of nothing counts as 0, as in scikit-learn.
    /// </summary>
    public static IReadOnlyList<ClassScores> Of(EvaluationMetrics metrics)
    {
        var scores = new ClassScores[metrics.Classes];
        for (int c = 0; c < metrics.Classes; c++)
        {
            int correct = metrics.Confusion(c, c);
            int actual = 0;
            int predicted = 0;
            for (int other = 0; other < metrics.Classes; other++)
            {
                actual += metrics.Confusion(c, other);
                predicted += metrics.Confusion(other, c);
            }
            double precision = predicted == 0 ? 0 : (double)correct / predicted;
            double recall = actual == 0 ? 0 : (double)correct / actual;
            double f1 = actual + predicted == 0 ? 0 : 2.0 * correct / (actual + predicted);
            scores[c] = new ClassScores(c, precision, recall, f1, actual);
        }
        return scores;
    }
}
