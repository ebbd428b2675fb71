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
/// <param name="CheckpointEverySteps">Steps between checkpoints; 0: only at each epoch's end.</param>
/// <param name="Slices">Parameter slices, 1 or more.</param>
/// <param name="ClipsGlobalNorm">Slices exchange partial norms before they update.</param>
/// <param name="RestoresBest">The run ends on its best parameters, not its last.</param>
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
    bool RestoresBest)
{
    /// <summary>The version at which the run is complete.</summary>
    public long TotalSteps => StepsPerEpoch * Epochs;

    /// <summary>Leaves of the tree of <paramref name="step"/>.</summary>
    public int MicrobatchesOf(long step) =>
        (step + 1) % StepsPerEpoch == 0 ? MicrobatchesInLastStep : MicrobatchesPerStep;

    /// <summary>Leaves of an evaluation set's tree.</summary>
    public int MicrobatchesOf(EvaluationSet set) =>
        set == EvaluationSet.Validation ? ValidationMicrobatches : TestMicrobatches;
}

/// <summary>What an evaluation is made on.</summary>
public enum EvaluationSet
{
    /// <summary>At each epoch's end; decides about early stopping.</summary>
    Validation,

    /// <summary>Once, on the parameters that the run ends with.</summary>
    Test,
}
