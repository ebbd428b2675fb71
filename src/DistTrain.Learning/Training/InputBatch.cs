using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Some samples as the first layer and the loss read them: scaled, with a map of their zeros, their
/// labels and weights. One thread's own.
/// </summary>
internal sealed class InputBatch
{
    // Rows that are on their way to the cache while one is taken up.
    private const int RowsAhead = 16;

    private readonly TrainingTask _task;
    private readonly Kernels _kernels;
    private readonly BatchBuffer _values;

    /// <param name="task">The data's scaling.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="maxSamples">Most samples at a time.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public InputBatch(TrainingTask task, Kernels kernels, int maxSamples, bool skipsZeros)
    {
        _task = task;
        _kernels = kernels;
        _values = new BatchBuffer(maxSamples, task.Layout.InputFeatures);
        if (skipsZeros)
        {
            Nonzeros = new NonzeroMap(
                maxSamples, task.Layout.InputFeatures, task.Batches.Microbatch);
        }

        Labels = new int[maxSamples];
        Weights = new float[maxSamples];
    }

    /// <summary>Samples taken up last.</summary>
    public int Samples { get; private set; }

    /// <summary>(samples, features)</summary>
    public Matrix Values => _values.View(Samples);

    /// <summary>Where <see cref="Values"/> is not zero; null where zeros are not skipped.</summary>
    public NonzeroMap? Nonzeros { get; }

    public int[] Labels { get; }

    /// <summary>Factor on each sample's loss.</summary>
    public float[] Weights { get; }

    /// <summary>Takes up samples by index.</summary>
    /// <param name="set">Where they are.</param>
    /// <param name="indices">Which ones.</param>
    /// <param name="classWeights">Factor on the loss of each class; null: all 1.</param>
    /// <param name="next">The samples of the next call, if they are known: its first ones are
    /// brought to the cache while these are worked on.</param>
    public void Gather(
        Dataset set, ReadOnlySpan<int> indices, IReadOnlyList<float>? classWeights,
        ReadOnlySpan<int> next = default)
    {
        Samples = indices.Length;
        Matrix values = Values;
        for (int i = 0; i < indices.Length; i++)
        {
            int ahead = i + Math.Min(RowsAhead, indices.Length); // a small batch leaves none out
            if (ahead < indices.Length)
            {
                set.Prefetch(indices[ahead]);
            }
            else if (ahead - indices.Length < next.Length)
            {
                set.Prefetch(next[ahead - indices.Length]);
            }

            _task.Data.Scaling.Apply(set, indices[i], _kernels, values.Row(i));
            Labels[i] = set.Label(indices[i]);
            Weights[i] = classWeights is null ? 1f : classWeights[Labels[i]];
        }

        if (Nonzeros is not null)
        {
            _kernels.MapNonzeros(values, Nonzeros);
        }
    }
}
