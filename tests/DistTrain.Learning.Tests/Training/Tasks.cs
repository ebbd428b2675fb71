using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>Small data and tasks for the tests of training.</summary>
internal static class Tasks
{
    public static TheoryData<Isa> Isas => [.. IsaSupport.Available];

    /// <summary>A recipe whose layers are written as a user would.</summary>
    public static Recipe Recipe(string layers) => new()
    {
        Name = "test",
        InputFeatures = LayersText.Parse(layers).InputFeatures,
        Layers = LayersText.Parse(layers).Layers,
    };

    public static TrainingTask Create(
        Recipe recipe, Dataset training, Dataset? validation = null, Dataset? test = null) =>
        TrainingTask.Create(
            recipe,
            new DataSplit(
                training, validation, test,
                FeatureScaling.Fit(recipe.Data.Pixels, training)));

    /// <summary>Random numbers in [−1, 1) with random labels.</summary>
    public static InMemoryDataset RandomSet(int seed, int count, int features, int classes)
    {
        var random = new Random(seed);
        return new InMemoryDataset(
            "random", Numbers(random, count * features, 1),
            [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))], features, classes);
    }

    /// <summary>
    /// Samples of sizes from 2⁻²⁰ to 2²⁰. Sums of losses of one size are mostly exact in binary64
    /// and so the same in any order; squared errors of these are not.
    /// </summary>
    public static InMemoryDataset UnevenSet(int seed, int count, int features, int classes)
    {
        var random = new Random(seed);
        float[] numbers = Numbers(random, count * features, 1);
        for (int i = 0; i < count; i++)
        {
            float size = MathF.ScaleB(1, random.Next(-20, 21));
            foreach (ref float number in numbers.AsSpan(i * features, features))
            {
                number *= size;
            }
        }

        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        return new InMemoryDataset("uneven", numbers, labels, features, classes);
    }

    /// <summary>Numbers in [−limit, limit).</summary>
    public static float[] Numbers(Random random, int count, double limit) =>
        [.. Enumerable.Range(0, count)
            .Select(_ => (float)(limit * ((2 * random.NextDouble()) - 1)))];

    /// <summary>The parameters that a run of the task begins with.</summary>
    public static float[] InitialParameters(TrainingTask task)
    {
        float[] parameters = new float[task.Layout.Count];
        Initialization.Fill(
            task.Recipe, task.Layout, new ParameterInterval(0, parameters.Length), parameters);
        return parameters;
    }
}
