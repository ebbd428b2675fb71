using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class ReferenceTrainerTests
{
    private static readonly Kernels Best = Kernels.For(IsaSupport.Best);

    public static TheoryData<Isa> Isas => Tasks.Isas;

    public static TheoryData<double?> Clipping => [null, 10.0];

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_instruction_set_ends_on_the_bits_of_the_naive_loops(Isa isa)
    {
        Recipe recipe = Tasks.Recipe(
            "21-19:relu-dropout:0.2-17:gelu-13:leaky_relu-11:sigmoid-9:tanh-5:softmax") with
        {
            BatchSize = 40,
            Microbatch = 7,
            Epochs = 3,
            ClipNorm = 0.5,
            LearningRate = 0.01,
        };
        TrainingTask task = Tasks.Create(
            recipe, Tasks.RandomSet(1, 130, 21, 5), Tasks.RandomSet(2, 50, 21, 5),
            Tasks.RandomSet(3, 60, 21, 5));
        ReferenceResult expected = ReferenceTrainer.Train(task, new NaiveKernels());
        ReferenceResult actual = ReferenceTrainer.Train(task, Kernels.For(isa));
        actual.Parameters.ShouldHaveTheBitsOf(expected.Parameters, "parameters");
        actual.WeightsSha256.ShouldBe(expected.WeightsSha256);
        actual.Epochs.ShouldBe(expected.Epochs);
        actual.Test!.LossSum.ShouldHaveTheBitsOf(expected.Test!.LossSum, "test loss");
    }

    [Fact]
    public void Training_learns_what_can_be_learnt()
    {
        // The class is the largest of four numbers: nothing that a wrong sign would learn.
        var random = new Random(4);
        float[] values = Tasks.Numbers(random, 2000 * 4, 1);
        int[] labels = [.. values.Chunk(4).Select(sample => Array.IndexOf(sample, sample.Max()))];
        var set = new InMemoryDataset("largest", values, labels, 4, 4);
        Recipe recipe = Tasks.Recipe("4-16:tanh-4:softmax") with
        {
            BatchSize = 50,
            Epochs = 5,
            LearningRate = 0.02,
        };
        TrainingTask task = Tasks.Create(
            recipe, new DatasetSlice(set, 0, 1500), test: new DatasetSlice(set, 1500, 500));
        ReferenceResult result = ReferenceTrainer.Train(task, Best);
        result.Test!.Accuracy.ShouldBeGreaterThan(0.95);
        result.Epochs.Count.ShouldBe(5);
        result.Epochs[^1].TrainLoss.ShouldBeLessThan(result.Epochs[0].TrainLoss / 3);
        result.Epochs[^1].Steps.ShouldBe(5 * 30);
        result.Epochs[^1].LearningRate.ShouldBe(0.02);
        result.Epochs[^1].ValidationLoss.ShouldBeNull();
    }

    [Fact]
    public void Early_stopping_ends_on_the_parameters_of_the_best_epoch()
    {
        // Labels that mean nothing: what the network learns by heart makes validation worse.
        Recipe recipe = Tasks.Recipe("8-24:relu-3:softmax") with
        {
            BatchSize = 20,
            Epochs = 40,
            LearningRate = 0.01,
            EarlyStopping = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, 2),
        };
        Dataset training = Tasks.RandomSet(5, 60, 8, 3);
        Dataset other = Tasks.RandomSet(6, 60, 8, 3);
        ReferenceResult stopped =
            ReferenceTrainer.Train(Tasks.Create(recipe, training, other, other), Best);
        EpochRecord best = stopped.Epochs.MinBy(epoch => epoch.ValidationLoss)!;
        stopped.Epochs.Count.ShouldBe(best.Epoch + 2);
        stopped.Epochs.Count.ShouldBeLessThan(40);
        best.Epoch.ShouldBeGreaterThan(1);

        Recipe untilBest = recipe with { Epochs = best.Epoch, EarlyStopping = null };
        ReferenceResult expected =
            ReferenceTrainer.Train(Tasks.Create(untilBest, training, other, other), Best);
        stopped.Parameters.ShouldHaveTheBitsOf(expected.Parameters, "parameters");
        stopped.Test!.MeanLoss.ShouldHaveTheBitsOf(best.ValidationLoss!.Value, "loss of the best");
    }

    [Theory]
    [MemberData(nameof(Clipping))]
    public void A_run_that_becomes_not_finite_names_step_and_layer(double? clipNorm)
    {
        Recipe recipe = Tasks.Recipe("8-6:relu-3:softmax") with
        {
            BatchSize = 20,
            LearningRate = 1e30,
            ClipNorm = clipNorm,
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(7, 60, 8, 3));
        Should.Throw<NotFiniteNumberException>(() => ReferenceTrainer.Train(task, Best))
            .Message.ShouldBe("Step 1: layers.0.weight is not finite.");
    }
}
