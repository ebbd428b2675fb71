namespace DistTrain.Learning;

/// <summary>How many samples train, validate and test; checked when it is made.</summary>
internal sealed class SplitPlan
{
    private readonly LoadedData _data;
    private readonly int _training;
    private readonly int _validation;
    private readonly int _test;

    private SplitPlan(LoadedData data, int training, int validation, int test)
    {
        _data = data;
        _training = training;
        _validation = validation;
        _test = test;
    }

    /// <exception cref="RecipeException">Lists every limit or split that cannot be.</exception>
    public static SplitPlan Of(DataRecipe recipe, LoadedData data)
    {
        var problems = new List<RecipeProblem>();
        int samples = Limit(
            "dataLimit", "train on", recipe.TrainLimit, data.Training.Count, problems);
        int test = Limit(
            "dataLimit", "test", recipe.TestLimit, data.Test?.Count ?? 0, problems);
        int training = SplitAt(recipe.ValidationSplit, samples, problems);
        return problems.Count == 0
            ? new SplitPlan(data, training, samples - training, test)
            : throw new RecipeException(problems);
    }

    public DataSplit Apply(PixelScaling pixels)
    {
        if (pixels == PixelScaling.Standard)
        {
            // The scaling is measured on all of them: make them now, on all cores.
            (_data.Training as GeneratedDigits)?.Prepare(_training);
        }

        var training = new DatasetSlice(_data.Training, 0, _training);
        Dataset? validation = _validation == 0
            ? null
            : new DatasetSlice(_data.Training, _training, _validation);
        Dataset? test = _data.Test is null ? null : new DatasetSlice(_data.Test, 0, _test);
        return new DataSplit(training, validation, test, FeatureScaling.Fit(pixels, training));
    }

    private static int Limit(
        string key, string purpose, int? limit, int available, List<RecipeProblem> problems)
    {
        if (limit is null)
        {
            return available;
        }

        if (limit < 1)
        {
            problems.Add(new RecipeProblem(
                key, $"{limit} samples to {purpose} are none",
                "give 1 or more, or leave it out for all samples"));
            return available;
        }

        if (limit > available)
        {
            problems.Add(new RecipeProblem(
                key,
                $"{limit:N0} samples to {purpose} were asked for, but there are {available:N0}",
                available == 0 ? "leave it out" : $"give {available} or less, or leave it out"));
            return available;
        }

        return limit.Value;
    }

    /// <summary>Keras: split_at = ⌊n · (1 − split)⌋ train, the rest validates.</summary>
    private static int SplitAt(double split, int samples, List<RecipeProblem> problems)
    {
        if (!(split >= 0 && split < 1))
        {
            problems.Add(new RecipeProblem(
                "validationSplit", $"{split} is not a share of the samples",
                "give 0 (no validation) or more, and less than 1, for example 0.2"));
            return samples;
        }

        int training = (int)Math.Floor(samples * (1 - split));
        if (training == 0 || (split > 0 && training == samples))
        {
            string empty = training == 0 ? "to train on" : "to validate";
            problems.Add(new RecipeProblem(
                "validationSplit", $"{split} of {samples:N0} samples leaves none {empty}",
                "use more samples or another share"));
        }

        return training;
    }
}
