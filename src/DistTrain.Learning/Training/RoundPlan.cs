namespace DistTrain.Learning;

/// <summary>
/// Which batches make a round of local steps (docs/NUMERICS.md, N11). The batches of an epoch's
/// order are dealt to the replicas in turn, like cards; a round is so many for each. An epoch's
/// last round takes what is left, and a replica that gets none is not part of it. Batches have the
/// numbers that they have in <see cref="BatchPlan"/>.
/// </summary>
public sealed class RoundPlan
{
    private readonly long _batchesPerEpoch;

    /// <param name="batchesPerEpoch">Batches in an epoch.</param>
    /// <param name="replicas">Logical replicas; at most the batches of an epoch.</param>
    /// <param name="localSteps">Optimizer steps of a replica in a full round.</param>
    public RoundPlan(long batchesPerEpoch, int replicas, int localSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, batchesPerEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(localSteps, 1);
        _batchesPerEpoch = batchesPerEpoch;
        Replicas = replicas;
        LocalSteps = localSteps;
    }

    public int Replicas { get; }

    /// <summary>Of a replica in a full round.</summary>
    public int LocalSteps { get; }

    public long RoundsPerEpoch => Ceiling(_batchesPerEpoch, BatchesPerRound);

    /// <summary>Steps that replica 0 takes in an epoch; the others take as many or one fewer.
    /// </summary>
    public long LocalStepsPerEpoch => Ceiling(_batchesPerEpoch, Replicas);

    private long BatchesPerRound => (long)Replicas * LocalSteps;

    /// <summary>Replicas that take part in a round: the first so many.</summary>
    public int ReplicasOf(long round) => (int)Math.Min(Replicas, BatchesOf(round));

    /// <summary>Steps that a replica takes in a round.</summary>
    public int LocalStepsOf(long round, int replica) =>
        (int)Ceiling(BatchesOf(round) - replica, Replicas);

    /// <summary>The batch of a replica's local step, from 0, in a round.</summary>
    public long BatchOf(long round, int replica, int localStep) =>
        FirstBatchOf(round) + ((long)localStep * Replicas) + replica;

    /// <summary>Steps that its replica has taken before this batch, since the run began.</summary>
    public long LocalStepOf(long batch) =>
        (batch / _batchesPerEpoch * LocalStepsPerEpoch) + (batch % _batchesPerEpoch / Replicas);

    /// <summary>Steps that its replica has taken before this batch in the same round.</summary>
    public int StepInRound(long batch) =>
        (int)(batch % _batchesPerEpoch / Replicas % LocalSteps);

    private long FirstBatchOf(long round) =>
        (round / RoundsPerEpoch * _batchesPerEpoch)
        + (round % RoundsPerEpoch * BatchesPerRound);

    private long BatchesOf(long round) => Math.Min(
        BatchesPerRound, _batchesPerEpoch - (round % RoundsPerEpoch * BatchesPerRound));

    private static long Ceiling(long count, long unit) => (count + unit - 1) / unit;
}
