using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// A round of local steps as plainly as it can be said: everything is made anew, batches are dealt
/// by counting. The oracle of <see cref="RoundPlan"/> and of what workers compute.
/// </summary>
internal sealed class ReferenceRound(TrainingTask task, Kernels kernels)
{
    private readonly ModeRecipe _mode = task.Recipe.Mode;
    private readonly ParameterInterval _whole = new(0, task.Layout.Count);
    private long _nextBatch;

    /// <summary>The next round: the sum of outer − local over its replicas.</summary>
    /// <param name="outer">The parameters that all replicas begin with.</param>
    /// <param name="difference">As long.</param>
    /// <param name="replicas">Replicas that took part.</param>
    public BatchMetrics Take(
        ReadOnlySpan<float> outer, Span<float> difference, out int replicas)
    {
        List<long>[] hands = Deal();
        var moved = new List<float[]>();
        var metrics = new List<BatchMetrics>();
        foreach (List<long> batches in hands.Where(hand => hand.Count > 0))
        {
            float[] local = outer.ToArray();
            metrics.Add(Train(local, batches));
            float[] move = new float[local.Length];
            for (int i = 0; i < move.Length; i++)
            {
                move[i] = outer[i] - local[i];
            }

            moved.Add(move);
        }

        replicas = moved.Count;
        Sum(moved, 0, replicas).CopyTo(difference);
        return Sum(metrics, 0, replicas);
    }

    /// <summary>Batches of an epoch, in turn to each replica, H for each at most.</summary>
    private List<long>[] Deal()
    {
        List<long>[] hands = [.. Enumerable.Range(0, _mode.Replicas).Select(_ => new List<long>())];
        for (int i = 0; i < _mode.LocalSteps; i++)
        {
            foreach (List<long> hand in hands)
            {
                hand.Add(_nextBatch++);
                if (_nextBatch % task.Batches.StepsPerEpoch == 0)
                {
                    return hands;
                }
            }
        }

        return hands;
    }

    /// <summary>The recipe's optimizer, from no moments, on one batch after another.</summary>
    private BatchMetrics Train(float[] local, List<long> batches)
    {
        var computer = new GradientComputer(task, kernels);
        var optimizer = new SliceOptimizer(task, task.BatchSteps, _whole, kernels);
        float[] gradient = new float[local.Length];
        BatchMetrics sum = default;
        foreach (long batch in batches)
        {
            int microbatches = task.Batches.MicrobatchesOf(batch);
            BatchMetrics metrics = computer.Compute(batch, 0, microbatches, local, gradient);
            sum = BatchMetrics.Combine(sum, metrics);
            var root = new NodeGradient(0, microbatches, gradient, metrics);
            double? squareNorm = ReferenceTrainer.SquareNorm(
                task.BatchSteps, optimizer, batch, root);
            if (!optimizer.Apply(batch, [root], squareNorm, local, local).IsFinite)
            {
                break;
            }
        }

        return sum;
    }

    private static float[] Sum(List<float[]> terms, int first, int end)
    {
        if (end - first == 1)
        {
            return terms[first];
        }

        int middle = ReductionTree.Middle(first, end);
        float[] left = Sum(terms, first, middle);
        float[] right = Sum(terms, middle, end);
        return [.. left.Select((term, i) => term + right[i])];
    }

    private static BatchMetrics Sum(List<BatchMetrics> terms, int first, int end)
    {
        if (end - first == 1)
        {
            return terms[first];
        }

        int middle = ReductionTree.Middle(first, end);
        return BatchMetrics.Combine(Sum(terms, first, middle), Sum(terms, middle, end));
    }
}
