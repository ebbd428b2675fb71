using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Which samples each step trains on: a new order of all training samples every epoch, a function
/// of (seed, epoch) alone, cut into batches; a batch is cut into microbatches. The last batch of
/// an epoch and the last microbatch of a batch may be short. Safe to use from any thread.
/// </summary>
public sealed class BatchPlan
{
    private readonly ulong _seed;
    private volatile EpochOrder? _latest;

    public BatchPlan(int trainingSamples, int batchSize, int microbatch, int epochs, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainingSamples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        TrainingSamples = trainingSamples;
        BatchSize = batchSize;
        Microbatch = microbatch;
        Epochs = epochs;
        _seed = seed;
    }

    public int TrainingSamples { get; }

    /// <summary>Samples in a full batch.</summary>
    public int BatchSize { get; }

    /// <summary>Samples in a full microbatch.</summary>
    public int Microbatch { get; }

    public int Epochs { get; }

    public long StepsPerEpoch => CeilingOf(TrainingSamples, BatchSize);

    public long TotalSteps => StepsPerEpoch * Epochs;

    /// <summary>The epoch, from 0, that <paramref name="step"/> belongs to.</summary>
    public int EpochOf(long step) => (int)(step / StepsPerEpoch);

    /// <summary>Samples in the batch of <paramref name="step"/>.</summary>
    public int SamplesOf(long step) =>
        Math.Min(BatchSize, TrainingSamples - FirstPosition(step));

    /// <summary>Microbatches in the batch of <paramref name="step"/>.</summary>
    public int MicrobatchesOf(long step) => CeilingOf(SamplesOf(step), Microbatch);

    /// <summary>Microbatches of a set that is evaluated.</summary>
    public int MicrobatchesOf(Dataset set) => CeilingOf(set.Count, Microbatch);

    /// <summary>
    /// Indices into the training set of the microbatches [first, end) of a step.
    /// </summary>
    public ReadOnlySpan<int> SamplesOf(long step, int first, int end)
    {
        int from = first * Microbatch;
        int to = Math.Min(end * Microbatch, SamplesOf(step));
        return Order(EpochOf(step)).AsSpan(FirstPosition(step) + from, to - from);
    }

    /// <summary>
    /// What <see cref="SamplesOf(long, int, int)"/> will give so many steps after this one; nothing
    /// where that is in another epoch, whose order is not yet made.
    /// </summary>
    public ReadOnlySpan<int> SamplesAhead(long step, int steps, int first, int end)
    {
        if ((step % StepsPerEpoch) + steps >= StepsPerEpoch)
        {
            return [];
        }

        int last = Math.Min(end, MicrobatchesOf(step + steps)); // the last batch may be short
        return first < last ? SamplesOf(step + steps, first, last) : [];
    }

    internal static int CeilingOf(int count, int unit) => (int)(((long)count + unit - 1) / unit);

    private int FirstPosition(long step) => (int)(step % StepsPerEpoch) * BatchSize;

    // Two threads that miss at once both make the same order; either may stay.
    internal int[] Order(int epoch)
    {
        EpochOrder? latest = _latest;
        if (latest?.Epoch != epoch)
        {
            int[] order = new int[TrainingSamples];
            Shuffle.Fill(_seed, epoch, order);
            _latest = latest = new EpochOrder(epoch, order);
        }

        return latest.Order;
    }

    private sealed record EpochOrder(int Epoch, int[] Order);
}
