using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What a step is: how many there are, what its tree has for leaves, and the constants of its
/// update. Steps are what versions, checkpoints and progress count.
/// </summary>
public abstract class StepPlan
{
    public abstract long StepsPerEpoch { get; }

    public abstract int Epochs { get; }

    public long TotalSteps => StepsPerEpoch * Epochs;

    /// <summary>Moments that the optimizer keeps, 0 … 2.</summary>
    public abstract int Moments { get; }

    /// <summary>Slices exchange norms before they update.</summary>
    public abstract bool ClipsGlobalNorm { get; }

    /// <summary>The epoch, from 0, that <paramref name="step"/> belongs to.</summary>
    public int EpochOf(long step) => (int)(step / StepsPerEpoch);

    /// <summary>Leaves of the step's tree.</summary>
    public abstract int LeavesOf(long step);

    /// <summary>The recipe's learning rate, after the schedule, at the step's end.</summary>
    public abstract double RateAt(long step);

    /// <summary>What the tree's root is multiplied by.</summary>
    public abstract float ScaleOf(long step);

    /// <summary>The constants of the update, from binary64 to binary32 once (N9).</summary>
    /// <param name="step">The step.</param>
    /// <param name="squareNorm">Of the whole scaled gradient, where it is clipped.</param>
    public abstract UpdateStep ConstantsOf(long step, double? squareNorm);
}
