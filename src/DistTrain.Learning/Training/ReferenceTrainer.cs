using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The whole of training on one page, without actors: what a run must give, to the last bit,
/// however it is spread over workers, slices and machines. The oracle of the engines.
/// </summary>
public static class ReferenceTrainer
{
    /// <exception cref="NotFiniteNumberException">A loss, gradient or parameter is NaN or infinite.
    /// </exception>
    public static ReferenceResult Train(TrainingTask task, Kernels kernels)
    {
        Recipe recipe = task.Recipe;
        var whole = new ParameterInterval(0, task.Layout.Count);
        float[] parameters = new float[whole.Length];
        float[] next = new float[whole.Length];
        float[] gradient = new float[whole.Length];
        float[]? best = null;
        Initialization.Fill(recipe, task.Layout, whole, parameters);

        var computer = new GradientComputer(task, kernels);
        var optimizer = new SliceOptimizer(task, whole, kernels);
        var evaluator = new Evaluator(task, kernels);
        var history = new TrainingHistory();
        var stopping = new EarlyStopping(recipe.EarlyStopping);

        for (long step = 0; step < task.Batches.TotalSteps; step++)
        {
            // The gradient of the batch: one node, the root of the microbatch tree.
            int microbatches = task.Batches.MicrobatchesOf(step);
            BatchMetrics metrics = computer.Compute(step, 0, microbatches, parameters, gradient);
            history.AddStep(metrics);

            // Clip by the global norm, if the recipe says so, and update.
            var root = new NodeGradient(0, microbatches, gradient, metrics);
            UpdateResult update = optimizer.Apply(
                step, [root], SquareNorm(recipe, optimizer, step, root), parameters, next);
            if (!update.IsFinite || !double.IsFinite(metrics.LossSum))
            {
                throw new NotFiniteNumberException(
                    $"Step {step}: {update.NotFinite ?? "the loss"} is not finite.");
            }

            (parameters, next) = (next, parameters);
            if ((step + 1) % task.Batches.StepsPerEpoch != 0)
            {
                continue;
            }

            // The epoch's end: validate, remember the best, stop early.
            EvaluationMetrics? validation =
                Evaluate(task, evaluator, task.Data.Validation, parameters);
            double rate = LearningRateSchedule.RateAt(recipe, step, task.Batches.StepsPerEpoch);
            EpochRecord epoch = history.CloseEpoch(step + 1, rate, validation);
            EpochJudgement judgement = stopping.Judge(epoch);
            best = judgement.Improved ? [.. parameters] : best;
            if (judgement.Stop)
            {
                break;
            }
        }

        parameters = best ?? parameters;
        return new ReferenceResult(
            parameters, history.Epochs, Evaluate(task, evaluator, task.Data.Test, parameters));
    }

    private static double? SquareNorm(
        Recipe recipe, SliceOptimizer optimizer, long step, NodeGradient root)
    {
        if (recipe.ClipNorm is null)
        {
            return null;
        }

        double[] partials = new double[optimizer.BlockCount];
        optimizer.SquareNorms(step, [root], partials);
        return SliceOptimizer.FoldSquareNorms(partials);
    }

    private static EvaluationMetrics? Evaluate(
        TrainingTask task, Evaluator evaluator, Dataset? set, ReadOnlySpan<float> parameters) =>
        set is null
            ? null
            : evaluator.Evaluate(set, 0, task.Batches.MicrobatchesOf(set), parameters);
}

/// <summary>What a run ends with.</summary>
/// <param name="Parameters">The last ones, or the best with early stopping.</param>
/// <param name="Epochs">The history.</param>
/// <param name="Test">Of the test set, or null.</param>
public sealed record ReferenceResult(
    float[] Parameters, IReadOnlyList<EpochRecord> Epochs, EvaluationMetrics? Test)
{
    /// <summary>SHA-256 of the parameters.</summary>
    public string WeightsSha256 => ParameterHash.Sha256(Parameters);
}
