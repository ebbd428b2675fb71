using DistTrain.Learning;

namespace DistTrain.Engine.Tests;

/// <summary>Tasks of milliseconds, with everything in them that could depend on the division of
/// work: short last batch and unit, dropout, clipping, validation.</summary>
internal static class TinyTasks
{
    private const int Side = 8;
    private const int Classes = 10;

    /// <summary>13 units of 16 a batch; the last batch has 138 samples and its last unit 10.
    /// 11,386 parameters: three blocks of 4,096.</summary>
    public static readonly Recipe Golden = new()
    {
        Name = "golden",
        Layers =
        [
            new LayerRecipe(96, Activation.Relu, Dropout: 0.1),
            new LayerRecipe(48, Activation.Tanh),
            new LayerRecipe(10, Activation.Softmax),
        ],
        LearningRate = 0.003,
        ClipNorm = 0.5,
        BatchSize = 208,
        Epochs = 3,
        Seed = 7,
    };

    public static readonly TrainingTask GoldenTask = Make(Golden);

    /// <summary>SHA-256 of what the reference trainer ends the golden task with.</summary>
    public static readonly string GoldenHash = HashOf(GoldenTask);

    public static TrainingTask Make(
        Recipe recipe, int training = 2010, int validation = 350, int test = 130)
    {
        Dataset trainingSet = Patterns("training", training, 1);
        return TrainingTask.Create(recipe, new DataSplit(
            trainingSet,
            validation == 0 ? null : Patterns("validation", validation, 2),
            test == 0 ? null : Patterns("test", test, 3),
            FeatureScaling.Fit(recipe.Data.Pixels, trainingSet)));
    }

    public static string HashOf(TrainingTask task) =>
        ReferenceTrainer.Train(task, Numerics.Kernels.For(Numerics.IsaSupport.Best)).WeightsSha256;

    /// <summary>A blob for each class, in noise.</summary>
    public static Dataset Patterns(string name, int count, uint seed)
    {
        byte[] pixels = new byte[count * Side * Side];
        int[] labels = new int[count];
        uint state = seed * 2_654_435_761;
        for (int i = 0; i < count; i++)
        {
            labels[i] = (int)(Next(ref state) % Classes);
            for (int p = 0; p < Side * Side; p++)
            {
                bool isLit = p * 7 % Classes == labels[i];
                uint noise = Next(ref state) % 160;
                pixels[(i * Side * Side) + p] = (byte)(noise + (isLit ? 60 : 0));
            }
        }

        return new InMemoryDataset(name, pixels, labels, Side * Side, Classes, (Side, Side));
    }

    // Numerical Recipes' linear congruential generator, high bits.
    private static uint Next(ref uint state) => (state = (state * 1_664_525) + 1_013_904_223) >> 12;
}
