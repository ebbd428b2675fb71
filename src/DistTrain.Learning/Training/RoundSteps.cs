using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// A step is a round of local steps: Nesterov's momentum on the mean of what the replicas moved
/// (DiLoCo, Douillard et al., arXiv 2311.08105, algorithm 1). The leaves are the replicas.
/// </summary>
internal sealed class RoundSteps(ModeRecipe mode, RoundPlan rounds, BatchSteps local) : StepPlan
{
    public override long StepsPerEpoch => rounds.RoundsPerEpoch;

    public override int Epochs => local.Epochs;

    public override int Moments => 1;

    public override bool ClipsGlobalNorm => false; // each local step clips for itself

    public override int LeavesOf(long step) => rounds.ReplicasOf(step);

    /// <summary>Of the round's last local step.</summary>
    public override double RateAt(long step) =>
        local.RateAt(rounds.BatchOf(step, 0, rounds.LocalStepsOf(step, 0) - 1));

    /// <summary>fl32(1 / replicas that take part).</summary>
    public override float ScaleOf(long step) => (float)(1.0 / rounds.ReplicasOf(step));

    public override UpdateStep ConstantsOf(long step, double? squareNorm) => new(
        UpdateRule.Nesterov, ScaleOf(step), ClipFactor: 1, L2: 0, Decay: 1,
        Rate: (float)mode.OuterLearningRate, Beta1: (float)mode.OuterMomentum,
        Beta2: 0, OneMinusBeta1: 0, OneMinusBeta2: 0, RootCorrection: 0, Epsilon: 0);
}
