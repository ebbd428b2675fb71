namespace DistTrain.Learning;

/// <summary>Whether a valid recipe and valid data fit each other.</summary>
internal static class TrainingTaskChecks
{
    // A step's number is a counter word of the dropout masks (N5).
    private const long MaxSteps = uint.MaxValue;

    public static List<RecipeProblem> ProblemsOf(Recipe recipe, DataSplit data)
    {
        var problems = new List<RecipeProblem>();
        Dataset training = data.Training;
        if (training.Count == 0)
        {
            problems.Add(new("data", "there is no training sample", "raise dataLimit"));
            return problems;
        }

        CheckShape(recipe, data, problems);
        CheckLabels(recipe, data, problems);
        if (recipe.BatchSize > training.Count)
        {
            problems.Add(new(
                "batchSize",
                $"{recipe.BatchSize} is more than the {training.Count} training samples",
                $"use at most {training.Count}"));
        }

        if (recipe.Data.ClassWeights is { } weights && weights.Count != recipe.Layers[^1].Units)
        {
            problems.Add(new(
                "classWeights",
                $"{weights.Count} weights for {recipe.Layers[^1].Units} classes",
                "give one weight for each class"));
        }

        CheckSteps(recipe, training.Count, problems);
        return problems;
    }

    private static void CheckSteps(Recipe recipe, int samples, List<RecipeProblem> problems)
    {
        long batches = BatchPlan.CeilingOf(samples, recipe.BatchSize);
        long steps = batches * recipe.Epochs;
        if (steps > MaxSteps)
        {
            problems.Add(new(
                "epochs", $"{steps} steps are more than {MaxSteps}", "train fewer epochs"));
        }

        if (recipe.Mode.Kind == ModeKind.LocalSteps && recipe.Mode.Replicas > batches)
        {
            problems.Add(new(
                "replicas",
                $"{recipe.Mode.Replicas} are more than the {batches} batches of an epoch",
                $"use at most {batches}, or smaller batches"));
        }
    }

    private static void CheckShape(Recipe recipe, DataSplit data, List<RecipeProblem> problems)
    {
        int features = data.Training.Features;
        if (recipe.InputFeatures is { } expected && expected != features)
        {
            problems.Add(new(
                "layers",
                $"the network expects {expected} inputs but a sample of {data.Training.Name} " +
                $"has {features}",
                $"begin the layers with {features}"));
        }

        foreach (Dataset? other in new[] { data.Validation, data.Test })
        {
            if (other is not null && other.Features != features)
            {
                problems.Add(new(
                    "data",
                    $"{other.Name} has {other.Features} numbers a sample, the training set " +
                    $"{features}",
                    "use sets of one shape"));
            }
        }
    }

    private static void CheckLabels(Recipe recipe, DataSplit data, List<RecipeProblem> problems)
    {
        int outputs = recipe.Layers[^1].Units;
        Dataset?[] sets = [data.Training, data.Validation, data.Test];
        int classes = sets.Max(set => set?.Classes ?? 0);
        if (classes > outputs)
        {
            problems.Add(new(
                "layers",
                $"{data.Training.Name} has labels up to {classes - 1} but the last layer has " +
                $"{outputs} units",
                $"give the last layer {classes} units"));
        }
    }
}
