using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The learning rate of a step, in binary64: a function of (recipe, step) alone.
/// </summary>
public static class LearningRateSchedule
{
    /// <param name="recipe">Gives the base rate and the schedule.</param>
    /// <param name="step">Updates applied before this one.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch.</param>
    public static double RateAt(Recipe recipe, long step, long stepsPerEpoch)
    {
        ScheduleRecipe schedule = recipe.Schedule;
        if (step < schedule.WarmupSteps)
        {
            return recipe.LearningRate * ((step + 1.0) / schedule.WarmupSteps);
        }

        return recipe.LearningRate * Factor(recipe, step, stepsPerEpoch);
    }

    private static double Factor(Recipe recipe, long step, long stepsPerEpoch)
    {
        ScheduleRecipe schedule = recipe.Schedule;
        long epoch = step / stepsPerEpoch;
        return schedule.Kind switch
        {
            ScheduleKind.Step =>
                ScalarMath.PowerOfInteger(schedule.Factor, epoch / schedule.EveryEpochs),
            ScheduleKind.Exponential => ScalarMath.PowerOfInteger(schedule.Factor, epoch),
            ScheduleKind.Cosine => CosineFactor(recipe, step, stepsPerEpoch),
            _ => 1,
        };
    }

    // Loshchilov and Hutter (2017), without restarts, over the steps behind the warm-up.
    private static double CosineFactor(Recipe recipe, long step, long stepsPerEpoch)
    {
        ScheduleRecipe schedule = recipe.Schedule;
        long steps = (stepsPerEpoch * recipe.Epochs) - schedule.WarmupSteps;
        double done = (double)(step - schedule.WarmupSteps) / steps;
        double cosine = (1 + ScalarMath.CosPi(done)) / 2;
        return schedule.FinalShare + ((1 - schedule.FinalShare) * cosine);
    }
}
