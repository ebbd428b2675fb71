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
        var round = new ReferenceRound(task, kernels);
        var optimizer = new SliceOptimizer(task, whole, kernels);
        var evaluator = new Evaluator(task, kernels);
        var history = new TrainingHistory();
        var stopping = new EarlyStopping(recipe.EarlyStopping);

        for (long step = 0; step < task.Steps.TotalSteps; step++)
        {
            // The gradient of the batch, or what the replicas moved: one node, the tree's root.
            int leaves = task.Steps.LeavesOf(step);
            BatchMetrics metrics = recipe.Mode.Kind == ModeKind.LocalSteps
                ? round.Take(parameters, gradient, out leaves)
                : computer.Compute(step, 0, leaves, parameters, gradient);
            history.AddStep(metrics);

            // Clip by the global norm, if the recipe says so, and update.
            var root = new NodeGradient(0, leaves, gradient, metrics);
            double? squareNorm = SquareNorm(task.Steps, optimizer, step, root);
            UpdateResult update = optimizer.Apply(step, [root], squareNorm, parameters, next);
            if (!update.IsFinite || !double.IsFinite(metrics.LossSum))
            {
                throw new NotFiniteNumberException(
                    $"Step {step}: {update.NotFinite ?? "the loss"} is not finite.");
            }

            (parameters, next) = (next, parameters);
            if ((step + 1) % task.Steps.StepsPerEpoch != 0)
            {
                continue;
            }

            // The epoch's end: validate, remember the best, stop early.
            EvaluationMetrics? validation =
                Evaluate(task, evaluator, task.Data.Validation, parameters);
            EpochRecord epoch = history.CloseEpoch(
                step + 1, task.Steps.RateAt(step), validation);
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

    internal static double? SquareNorm(
        StepPlan steps, SliceOptimizer optimizer, long step, NodeGradient root)
    {
        if (!steps.ClipsGlobalNorm)
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
