namespace DistTrain.Learning;

/// <summary>What the fields of a recipe must be to each other.</summary>
public static class RecipeValidation
{
    /// <summary>Every contradiction of a recipe whose fields are each within their range.</summary>
    public static IReadOnlyList<RecipeProblem> Check(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var problems = new ProblemList();
        Check(recipe, problems, key => key);
        return problems.Problems;
    }

    /// <summary>Adds the contradictions; skips rules about fields that are wrong already.</summary>
    /// <param name="label">What to call a key in a message.</param>
    internal static void Check(Recipe recipe, ProblemList problems, Func<string, string> label)
    {
        void Add(string key, string message, string hint) =>
            problems.Add(new RecipeProblem(label(key), message, hint));

        if (string.IsNullOrWhiteSpace(recipe.Name))
        {
            Add("name", "is empty", "give the run a name");
        }
        if (!problems.Touches("data") && string.IsNullOrWhiteSpace(recipe.Data.Source))
        {
            Add("data", "is empty", "name a data set, a directory or a file");
        }
        if (!problems.Touches("layers") && recipe.Layers.Count > 0)
        {
            CheckLayers(recipe, problems, Add);
        }
        else if (!problems.Touches("layers") && problems.Problems.All(p => p.Key != "layers"))
        {
            Add("layers", "is empty", "a network needs at least one layer");
        }
        if (recipe.EarlyStopping?.Metric
                is StoppingMetric.ValidationLoss or StoppingMetric.ValidationAccuracy
            && recipe.Data.ValidationSplit == 0
            && !problems.Touches("validationSplit") && !problems.Touches("earlyStopping"))
        {
            Add("earlyStopping", "watches the validation set, but there is none",
                $"set {label("validationSplit")} to 0.1, or watch train-loss");
        }
        if (recipe.WeightDecay > 0 && recipe.Optimizer.Kind != OptimizerKind.AdamW
            && !problems.Touches("weightDecay") && !problems.Touches("optimizer"))
        {
            Add("weightDecay", "works with the optimizer adamw only",
                $"set {label("optimizer")} to adamw, or use {label("l2")}");
        }
    }

    private static void CheckLayers(
        Recipe recipe, ProblemList problems, Action<string, string, string> add)
    {
        if (recipe.Layers.Count > RecipeLimits.Layers)
        {
            add("layers", $"are {recipe.Layers.Count}", $"use at most {RecipeLimits.Layers}");
        }
        long parameters = CountParameters(recipe.InputFeatures ?? 1, recipe.Layers);
        if (parameters > RecipeLimits.Parameters)
        {
            add("layers", $"have {parameters:N0} parameters",
                $"make them smaller: at most {RecipeLimits.Parameters:N0} are possible");
        }
        for (int i = 0; i < recipe.Layers.Count - 1; i++)
        {
            if (recipe.Layers[i].Activation == Activation.Softmax)
            {
                add("layers", $"layer {i} is softmax, but not the last",
                    "softmax belongs to the last layer");
            }
        }
        if (recipe.Layers[^1].Dropout > 0)
        {
            add("layers", "end with a dropout, which would drop classes out",
                "remove the dropout behind the last layer");
        }
        if (!problems.Touches("loss"))
        {
            CheckLoss(recipe, add);
        }
        if (recipe.Data.ClassWeights is { } weights && weights.Count != recipe.Layers[^1].Units
            && !problems.Touches("classWeights"))
        {
            add("classWeights", $"are {weights.Count}, but the last layer has "
                + $"{recipe.Layers[^1].Units} units", "give one weight for each class");
        }
    }

    private static void CheckLoss(Recipe recipe, Action<string, string, string> add)
    {
        var last = recipe.Layers[^1].Activation;
        Activation? needed = recipe.Loss switch
        {
            Loss.CrossEntropy => Activation.Softmax,
            Loss.BinaryCrossEntropy => Activation.Sigmoid,
            _ => null,
        };
        if (needed is { } activation && last != activation)
        {
            string loss = RecipeNames.Losses.Of(recipe.Loss);
            string name = RecipeNames.Activations.Of(activation);
            add("loss", $"{loss} needs {name} as the last activation, which is "
                + RecipeNames.Activations.Of(last),
                $"end the layers with {recipe.Layers[^1].Units}:{name}, or use the loss sse");
        }
    }

    /// <summary>Weights and biases of all layers.</summary>
    private static long CountParameters(long inputs, IReadOnlyList<LayerRecipe> layers)
    {
        long count = 0;
        foreach (var layer in layers)
        {
            count += (inputs + 1) * layer.Units;
            inputs = layer.Units;
        }
        return count;
    }
}
