namespace DistTrain.Learning.Tests;

public class TrainingTaskTests
{
    private static readonly Recipe Fitting =
        Tasks.Recipe("6-5:relu-4:softmax") with { BatchSize = 30 };

    private static readonly InMemoryDataset Data = Tasks.RandomSet(1, 30, 6, 4);

    [Fact]
    public void A_recipe_that_fits_its_data_has_parameters_and_batches()
    {
        TrainingTask task = Tasks.Create(Fitting with { Epochs = 3 }, Data);
        task.Layout.Count.ShouldBe((7 * 5) + (6 * 4));
        task.Batches.TotalSteps.ShouldBe(3);
        task.Batches.TrainingSamples.ShouldBe(30);
    }

    [Fact]
    public void The_inputs_are_the_datas_where_the_recipe_does_not_say()
    {
        Recipe recipe = Fitting with { InputFeatures = null };
        Tasks.Create(recipe, Data).Layout.InputFeatures.ShouldBe(6);
    }

    [Fact]
    public void Fewer_classes_than_outputs_are_fine() =>
        Tasks.Create(Fitting, Tasks.RandomSet(1, 30, 6, 2)).Layout.Count.ShouldBeGreaterThan(0);

    [Fact]
    public void No_training_sample_is_a_problem() => ProblemsOf(
        Fitting, new DatasetSlice(Data, 0, 0))
        .ShouldBe(["data: there is no training sample (raise dataLimit)"]);

    [Fact]
    public void Samples_of_another_size_are_a_problem() => ProblemsOf(
        Fitting with { InputFeatures = 784 }, Data)
        .ShouldBe(
        [
            "layers: the network expects 784 inputs but a sample of random has 6 " +
            "(begin the layers with 6)",
        ]);

    [Fact]
    public void Validation_and_test_samples_of_another_size_are_a_problem_each() => ProblemsOf(
        Fitting, Data, Tasks.RandomSet(1, 3, 7, 4), Tasks.RandomSet(1, 3, 8, 4))
        .ShouldBe(
        [
            "data: random has 7 numbers a sample, the training set 6 (use sets of one shape)",
            "data: random has 8 numbers a sample, the training set 6 (use sets of one shape)",
        ]);

    [Fact]
    public void Labels_beyond_the_outputs_are_a_problem_in_any_set()
    {
        const string expected =
            "layers: random has labels up to 4 but the last layer has 4 units " +
            "(give the last layer 5 units)";
        InMemoryDataset more = Tasks.RandomSet(1, 30, 6, 5);
        ProblemsOf(Fitting, more).ShouldBe([expected]);
        ProblemsOf(Fitting, Data, more).ShouldBe([expected]);
        ProblemsOf(Fitting, Data, null, more).ShouldBe([expected]);
    }

    [Fact]
    public void A_batch_above_the_training_samples_is_a_problem() => ProblemsOf(
        Fitting with { BatchSize = 31 }, Data)
        .ShouldBe(["batchSize: 31 is more than the 30 training samples (use at most 30)"]);

    [Fact]
    public void Another_number_of_class_weights_is_a_problem() => ProblemsOf(
        Fitting with { Data = new DataRecipe { ClassWeights = [1, 2, 3] } }, Data)
        .ShouldBe(["classWeights: 3 weights for 4 classes (give one weight for each class)"]);

    [Fact]
    public void More_steps_than_a_dropout_mask_can_tell_apart_are_a_problem() => ProblemsOf(
        Fitting with { BatchSize = 1, Epochs = 1_000_000_000 }, Data)
        .ShouldBe(
            ["epochs: 30000000000 steps are more than 4294967295 (train fewer epochs)"]);

    [Fact]
    public void Every_problem_is_listed_at_once() => ProblemsOf(
        Fitting with
        {
            InputFeatures = 7,
            BatchSize = 31,
            Data = new DataRecipe { ClassWeights = [1] },
        },
        Tasks.RandomSet(1, 30, 6, 5)).Count.ShouldBe(4);

    [Fact]
    public void The_training_set_behind_a_slice_is_told_that_reads_come_in_random_order()
    {
        var set = new TellingSet(Data);
        Tasks.Create(Fitting with { BatchSize = 20 }, new DatasetSlice(set, 5, 20), Data);
        set.Tellings.ShouldBe(1);
    }

    private static IReadOnlyList<string> ProblemsOf(
        Recipe recipe, Dataset training, Dataset? validation = null, Dataset? test = null) =>
        [.. Should.Throw<RecipeException>(() => Tasks.Create(recipe, training, validation, test))
            .Problems.Select(problem => problem.ToString())];

    private sealed class TellingSet(InMemoryDataset set) : Dataset
    {
        public int Tellings { get; private set; }

        public override string Name => set.Name;

        public override int Count => set.Count;

        public override int Features => set.Features;

        public override int Classes => set.Classes;

        public override string ContentSha256 => set.ContentSha256;

        public override bool IsBytes => set.IsBytes;

        public override int Label(int index) => set.Label(index);

        public override ReadOnlySpan<byte> ReadBytes(int index) => set.ReadBytes(index);

        public override void ReadFloats(int index, Span<float> destination) =>
            set.ReadFloats(index, destination);

        public override void ExpectRandomReads() => Tellings++;
    }
}
