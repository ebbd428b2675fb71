using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// A network and data as small as a plan allows: slices begin at multiples of 4,096 parameters, so
/// a hidden layer as wide as the slices need; dropout, Adam, a short last batch.
/// </summary>
internal static class TinyTask
{
    // Four samples instead of 16: the tree is what matters, not the size of its leaves.
    private const int Microbatch = 4;
    private const int Features = 24;
    private const int Classes = 3;

    /// <param name="plan">Batches of the last step are no larger than others.</param>
    /// <param name="patience">For a plan that restores the best.</param>
    /// <param name="seed">Of parameters, data and order.</param>
    public static TrainingTask Create(RunPlan plan, int patience, long seed)
    {
        int batch = Microbatch * plan.MicrobatchesPerStep;
        int training = (int)((plan.StepsPerEpoch - 1) * batch)
            + (Microbatch * plan.MicrobatchesInLastStep) - 1;
        Dataset set = Blobs("training", training, seed);
        return TrainingTask.Create(RecipeOf(plan, patience, seed, batch), new DataSplit(
            set,
            SetOf("validation", plan.ValidationMicrobatches, seed),
            SetOf("test", plan.TestMicrobatches, seed),
            FeatureScaling.Fit(PixelScaling.Unit, set)));
    }

    private static Recipe RecipeOf(RunPlan plan, int patience, long seed, int batch) => new()
    {
        Name = "simulated",
        Layers =
        [
            new LayerRecipe(HiddenUnits(plan.Slices), Activation.Relu, Dropout: 0.1),
            new LayerRecipe(Classes, Activation.Softmax),
        ],
        LearningRate = 0.003,
        ClipNorm = plan.ClipsGlobalNorm ? 0.5 : null,
        BatchSize = batch,
        Microbatch = Microbatch,
        Epochs = plan.Epochs,
        EarlyStopping = plan.RestoresBest
            ? new EarlyStoppingRecipe(
                plan.ValidationMicrobatches > 0
                    ? StoppingMetric.ValidationLoss
                    : StoppingMetric.TrainAccuracy,
                patience)
            : null,
        Seed = (ulong)seed,
    };

    /// <summary>So that the parameters are just more than the slices before the last.</summary>
    private static int HiddenUnits(int slices)
    {
        int each = Features + 1 + Classes;
        return (((slices - 1) * ParameterInterval.Block) / each) + 1;
    }

    private static InMemoryDataset? SetOf(string name, int microbatches, long seed) =>
        microbatches == 0 ? null : Blobs(name, (Microbatch * microbatches) - 1, seed);

    /// <summary>A blob for each class, in noise.</summary>
    private static InMemoryDataset Blobs(string name, int count, long seed)
    {
        var dice = new Dice(seed, purpose: 3 + name.Length);
        byte[] pixels = new byte[count * Features];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = dice.Between(0, Classes - 1);
            for (int p = 0; p < Features; p++)
            {
                int light = p % Classes == labels[i] ? 80 : 0;
                pixels[(i * Features) + p] = (byte)(dice.Between(0, 170) + light);
            }
        }

        return new InMemoryDataset(name, pixels, labels, Features, Classes);
    }
}
