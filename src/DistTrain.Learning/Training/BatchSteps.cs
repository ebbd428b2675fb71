using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// A step is the recipe's optimizer on the gradient of one batch; the leaves are its microbatches.
/// Synchronous training is made of these, and so is each replica's part of a round, where steps
/// still have the number of their batch.
/// </summary>
internal sealed class BatchSteps : StepPlan
{
    private readonly Recipe _recipe;
    private readonly BatchPlan _batches;
    private readonly RoundPlan? _rounds;

    /// <param name="recipe">Optimizer and schedule.</param>
    /// <param name="batches">What a step trains on.</param>
    /// <param name="rounds">Where the optimizer starts anew; null: never.</param>
    public BatchSteps(Recipe recipe, BatchPlan batches, RoundPlan? rounds)
    {
        _recipe = recipe;
        _batches = batches;
        _rounds = rounds;
    }

    public override long StepsPerEpoch => _batches.StepsPerEpoch;

    public override int Epochs => _batches.Epochs;

    public override int Moments => _recipe.Optimizer.Moments;

    public override bool ClipsGlobalNorm => _recipe.ClipNorm is not null;

    public override int LeavesOf(long step) => _batches.MicrobatchesOf(step);

    // In a round the schedule counts the steps that one replica takes.
    public override double RateAt(long step) => _rounds is null
        ? LearningRateSchedule.RateAt(_recipe, step, StepsPerEpoch)
        : LearningRateSchedule.RateAt(
            _recipe, _rounds.LocalStepOf(step), _rounds.LocalStepsPerEpoch);

    /// <summary>fl32(1 / samples of the batch).</summary>
    public override float ScaleOf(long step) => (float)(1.0 / _batches.SamplesOf(step));

    public override UpdateStep ConstantsOf(long step, double? squareNorm)
    {
        OptimizerRecipe optimizer = _recipe.Optimizer;
        double rate = RateAt(step);
        bool isAdam = optimizer.Kind is OptimizerKind.Adam or OptimizerKind.AdamW;

        // Adam's t: updates since the moments were 0, this one counted.
        long updates = (_rounds?.StepInRound(step) ?? step) + 1;
        double correction1 = 1 - ScalarMath.PowerOfInteger(optimizer.Beta1, updates);
        double correction2 = 1 - ScalarMath.PowerOfInteger(optimizer.Beta2, updates);
        return new UpdateStep(
            Rule: RuleOf(optimizer.Kind),
            Scale: ScaleOf(step),
            ClipFactor: ClipFactor(_recipe.ClipNorm, squareNorm),
            L2: (float)_recipe.L2,
            Decay: optimizer.Kind == OptimizerKind.AdamW
                ? (float)(1 - (rate * _recipe.WeightDecay))
                : 1f,
            Rate: isAdam ? (float)(rate / correction1) : (float)rate,
            Beta1: isAdam ? (float)optimizer.Beta1 : (float)optimizer.Momentum,
            Beta2: (float)optimizer.Beta2,
            OneMinusBeta1: (float)(1 - optimizer.Beta1),
            OneMinusBeta2: (float)(1 - optimizer.Beta2),
            RootCorrection: (float)(1 / Math.Sqrt(correction2)),
            Epsilon: (float)optimizer.Epsilon);
    }

    private static UpdateRule RuleOf(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => UpdateRule.Sgd,
        OptimizerKind.Momentum => UpdateRule.Momentum,
        _ => UpdateRule.Adam,
    };

    private static float ClipFactor(double? clip, double? squareNorm)
    {
        if (clip is not { } limit || squareNorm is not { } square)
        {
            return 1;
        }

        double norm = Math.Sqrt(square);
        return norm > limit ? (float)(limit / norm) : 1;
    }
}
