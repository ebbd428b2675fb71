namespace DistTrain.Protocol;

/// <summary>
/// The shape of a run in whole numbers, as every role knows it. Step v computes on parameter
/// version v and gives version v + 1; versions start at 0.
/// </summary>
/// <param name="StepsPerEpoch">Steps in an epoch, 1 or more.</param>
/// <param name="Epochs">Epochs, 1 or more.</param>
/// <param name="MicrobatchesPerStep">Leaves of the tree of a full batch.</param>
/// <param name="MicrobatchesInLastStep">Leaves of the tree of an epoch's last batch.</param>
/// <param name="ValidationMicrobatches">Leaves of the validation set's tree; 0: no set.</param>
/// <param name="TestMicrobatches">Leaves of the test set's tree; 0: no set.</param>
/// <param name="CheckpointEverySteps">Steps between checkpoints within an epoch; each epoch's end
/// has one besides. 0: only there.</param>
/// <param name="Slices">Parameter slices, 1 or more.</param>
/// <param name="ClipsGlobalNorm">Slices exchange partial norms before they update.</param>
/// <param name="RestoresBest">The run ends on its best parameters, not its last.</param>
/// <param name="Staleness">Versions that a gradient may be behind its step, 0 …
/// <see cref="MostStaleness"/>. 0: synchronous, and only then exact. Roles keep what belongs to so
/// many steps besides the one under way.</param>
public sealed record RunPlan(
    long StepsPerEpoch,
    int Epochs,
    int MicrobatchesPerStep,
    int MicrobatchesInLastStep,
    int ValidationMicrobatches,
    int TestMicrobatches,
    long CheckpointEverySteps,
    int Slices,
    bool ClipsGlobalNorm,
    bool RestoresBest,
    int Staleness = 0)
{
    /// <summary>No run keeps more steps open.</summary>
    public const int MostStaleness = 1024;

    /// <summary>The version at which the run is complete.</summary>
    public long TotalSteps => StepsPerEpoch * Epochs;

    /// <summary>Leaves of the tree of <paramref name="step"/>.</summary>
    public int MicrobatchesOf(long step) =>
        (step + 1) % StepsPerEpoch == 0 ? MicrobatchesInLastStep : MicrobatchesPerStep;

    /// <summary>An epoch ends when this version is published.</summary>
    public bool IsEpochEnd(long version) => version > 0 && version % StepsPerEpoch == 0;

    /// <summary>Steps below this one, and from <paramref name="version"/> on, may be computed on
    /// that version: at most <see cref="Staleness"/> ahead, and none of an epoch that has not
    /// begun, since an epoch's end is a barrier.</summary>
    public long EndOfWorkOn(long version) => Math.Min(
        version + 1 + Staleness, Math.Min(TotalSteps, NextEpochEnd(version)));

    /// <summary>A gradient of <paramref name="step"/> may be of <paramref name="version"/>.
    /// </summary>
    public bool MayCompute(long step, long version) =>
        version >= 0 && version <= step && step < EndOfWorkOn(version);

    /// <summary>No slice applies a step before all have its gradient: they tell each other, with
    /// their norms or without. Computed ahead, gradients could let one slice run away from
    /// another; so all stay within one version.</summary>
    public bool SlicesMeetInEachStep => ClipsGlobalNorm || (Staleness > 0 && Slices > 1);

    /// <summary>The epoch, from 1, that ends at or after <paramref name="version"/>.</summary>
    public int EpochEndingAt(long version) => (int)((version + StepsPerEpoch - 1) / StepsPerEpoch);

    /// <summary>The end of the epoch under way at <paramref name="version"/>.</summary>
    public long NextEpochEnd(long version) => (version / StepsPerEpoch + 1) * StepsPerEpoch;

    /// <summary>A checkpoint is due at this version: no slice passes it without a snapshot.
    /// </summary>
    public bool IsCheckpoint(long version) =>
        IsEpochEnd(version)
        || (version > 0 && CheckpointEverySteps > 0 && version % CheckpointEverySteps == 0);

    /// <summary>The first version above <paramref name="version"/> with a checkpoint.</summary>
    public long NextCheckpoint(long version)
    {
        long epochEnd = NextEpochEnd(version);
        return CheckpointEverySteps == 0
            ? epochEnd
            : Math.Min(epochEnd, (version / CheckpointEverySteps + 1) * CheckpointEverySteps);
    }

    /// <summary>Leaves of an evaluation set's tree.</summary>
    public int MicrobatchesOf(EvaluationSet set) =>
        set == EvaluationSet.Validation ? ValidationMicrobatches : TestMicrobatches;

    /// <exception cref="ArgumentException">A count is out of its range.</exception>
    internal RunPlan Checked()
    {
        if (StepsPerEpoch < 1 || Epochs < 1 || Slices < 1
            || MicrobatchesPerStep < 1 || MicrobatchesInLastStep < 1
            || ValidationMicrobatches < 0 || TestMicrobatches < 0 || CheckpointEverySteps < 0
            || Staleness is < 0 or > MostStaleness)
        {
            throw new ArgumentException($"A count of the run plan is out of its range: {this}.");
        }

        return this;
    }
}

/// <summary>What an evaluation is made on.</summary>
public enum EvaluationSet
{
    /// <summary>At each epoch's end; decides about early stopping.</summary>
    Validation,

    /// <summary>Once, on the parameters that the run ends with.</summary>
    Test,
}
