using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>The constants of one optimizer step, from binary64 to binary32 once (N9).</summary>
public static class OptimizerConstants
{
    /// <param name="task">Recipe and batches.</param>
    /// <param name="step">Updates applied before this one; Adam's t is step + 1.</param>
    /// <param name="squareNorm">Of the whole scaled gradient, where it is clipped.</param>
    public static UpdateStep For(TrainingTask task, long step, double? squareNorm)
    {
        Recipe recipe = task.Recipe;
        OptimizerRecipe optimizer = recipe.Optimizer;
        double rate = LearningRateSchedule.RateAt(recipe, step, task.Batches.StepsPerEpoch);
        bool isAdam = optimizer.Kind is OptimizerKind.Adam or OptimizerKind.AdamW;
        double correction1 = 1 - ScalarMath.PowerOfInteger(optimizer.Beta1, step + 1);
        double correction2 = 1 - ScalarMath.PowerOfInteger(optimizer.Beta2, step + 1);
        return new UpdateStep(
            Rule: RuleOf(optimizer.Kind),
            Scale: ScaleOf(task, step),
            ClipFactor: ClipFactor(recipe.ClipNorm, squareNorm),
            L2: (float)recipe.L2,
            Decay: optimizer.Kind == OptimizerKind.AdamW
                ? (float)(1 - (rate * recipe.WeightDecay))
                : 1f,
            Rate: isAdam ? (float)(rate / correction1) : (float)rate,
            Beta1: isAdam ? (float)optimizer.Beta1 : (float)optimizer.Momentum,
            Beta2: (float)optimizer.Beta2,
            OneMinusBeta1: (float)(1 - optimizer.Beta1),
            OneMinusBeta2: (float)(1 - optimizer.Beta2),
            RootCorrection: (float)(1 / Math.Sqrt(correction2)),
            Epsilon: (float)optimizer.Epsilon);
    }

    /// <summary>fl32(1 / samples of the step's batch).</summary>
    public static float ScaleOf(TrainingTask task, long step) =>
        (float)(1.0 / task.Batches.SamplesOf(step));

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
