namespace DistTrain.Learning;

/// <summary>
/// Everything that defines the numbers of a run: recipe, data, parameters, batches. Immutable and
/// safe to share between threads.
/// </summary>
public sealed class TrainingTask
{
    private TrainingTask(Recipe recipe, DataSplit data, ParameterLayout layout, BatchPlan batches)
    {
        Recipe = recipe;
        Data = data;
        Layout = layout;
        Batches = batches;
        ModeRecipe mode = recipe.Mode;
        Rounds = mode.Kind == ModeKind.LocalSteps
            ? new RoundPlan(batches.StepsPerEpoch, mode.Replicas, mode.LocalSteps)
            : null;
        BatchSteps = new BatchSteps(recipe, batches, Rounds);
        Steps = Rounds is null ? BatchSteps : new RoundSteps(mode, Rounds, BatchSteps);
    }

    public Recipe Recipe { get; }

    public DataSplit Data { get; }

    public ParameterLayout Layout { get; }

    public BatchPlan Batches { get; }

    /// <summary>What a step of the run is: what engines count and workers divide.</summary>
    public StepPlan Steps { get; }

    /// <summary>Which batches make a round of local steps; null in another mode.</summary>
    public RoundPlan? Rounds { get; }

    /// <summary>The recipe's optimizer on single batches: the run's steps, or those in a round.
    /// </summary>
    internal BatchSteps BatchSteps { get; }

    /// <exception cref="RecipeException">Recipe and data do not fit; lists every
    /// problem.</exception>
    public static TrainingTask Create(Recipe recipe, DataSplit data)
    {
        List<RecipeProblem> problems = TrainingTaskChecks.ProblemsOf(recipe, data);
        if (problems.Count > 0)
        {
            throw new RecipeException(problems);
        }

        data.Training.ExpectRandomReads();
        return new TrainingTask(
            recipe, data,
            ParameterLayout.For(recipe.Layers, data.Training.Features),
            new BatchPlan(
                data.Training.Count, recipe.BatchSize, recipe.Microbatch, recipe.Epochs,
                recipe.Seed));
    }
}
