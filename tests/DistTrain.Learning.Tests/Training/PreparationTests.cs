using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class PreparationTests
{
    private const int Features = 4;

    [Fact]
    public void All_samples_are_made_those_to_train_on_in_the_order_of_the_epoch()
    {
        var training = new Generated(2_000);
        var test = new Generated(300);
        TrainingTask task = Task(training, test);
        using Preparation preparation = Preparation.Start(task, epoch: 1, isa: null);
        preparation.Wait();
        training.Made.Order().ShouldBe(Enumerable.Range(0, 2_000));
        test.Made.Order().ShouldBe(Enumerable.Range(0, 300));

        // Several threads are never more than what they have in hand ahead of each other.
        int[] place = new int[2_000];
        foreach ((int sample, int i) in task.Batches.Order(1).Select((sample, i) => (sample, i)))
        {
            place[sample] = i;
        }

        int first = training.Made.Take(10).Max(sample => place[sample]);
        first.ShouldBeLessThan(32 * 8 * 2);
    }

    [Fact]
    public void Digits_made_ahead_have_the_bytes_of_digits_made_on_demand()
    {
        var ahead = new GeneratedDigits(seed: 3);
        var onDemand = new GeneratedDigits(seed: 3);
        var slice = new DatasetSlice(ahead, 100, 400);
        using (Preparation preparation = Preparation.Start(Task(slice, null), epoch: 0, isa: null))
        {
            preparation.Wait();
        }

        for (int i = 100; i < 500; i++)
        {
            ahead.ReadBytes(i).SequenceEqual(onDemand.ReadBytes(i)).ShouldBeTrue($"image {i}");
        }
    }

    [Fact]
    public void A_step_that_is_run_to_compile_it_changes_no_weights()
    {
        foreach (string name in GoldenRecipes.Names)
        {
            TrainingTask task = GoldenRecipes.Task(name);
            using Preparation preparation = Preparation.Start(
                task, epoch: 0, IsaSupport.Best, TeamTrainer.Supports(task, 2) ? 2 : 0);
            ReferenceTrainer.Train(task, Kernels.For(IsaSupport.Best)).WeightsSha256
                .ShouldBe(GoldenRecipes.WeightsSha256(name));
            preparation.Wait();
        }
    }

    [Fact]
    public void What_a_thread_fails_by_is_thrown()
    {
        var training = new Generated(100) { FailsAt = 50 };
        using var preparation = Preparation.Start(Task(training, null), epoch: 0, isa: null);
        Should.Throw<InvalidDataException>(preparation.Wait).Message.ShouldBe("sample 50");
        Should.Throw<InvalidDataException>(preparation.Finish);
    }

    [Fact]
    public void Data_that_are_there_are_not_read()
    {
        var training = new Generated(100) { IsThere = true };
        using var preparation = Preparation.Start(
            Task(training, training), epoch: 0, isa: null);
        preparation.Wait();
        training.Made.ShouldBeEmpty();
    }

    [Fact]
    public void One_that_is_finished_makes_no_more()
    {
        var training = new Generated(100_000);
        using var preparation = Preparation.Start(Task(training, null), epoch: 0, isa: null);
        preparation.Finish();
        int made = training.Made.Count;
        training.Made.Distinct().Count().ShouldBe(made, "none twice");
        preparation.Finish();
        training.Made.Count.ShouldBe(made);
    }

    private static TrainingTask Task(Dataset training, Dataset? test) => TrainingTask.Create(
        new Recipe
        {
            Name = "produced",
            Layers = [new(10, Activation.Softmax)],
            BatchSize = 16,
        },
        new DataSplit(
            training, null, test, FeatureScaling.FromState(new(PixelScaling.Unit, true, [], []))));

    /// <summary>Remembers which samples were made, in which order.</summary>
    private sealed class Generated(int count) : Dataset
    {
        private readonly List<int> _made = [];

        public int? FailsAt { get; init; }

        public bool IsThere { get; init; }

        public IReadOnlyList<int> Made
        {
            get
            {
                lock (_made)
                {
                    return [.. _made];
                }
            }
        }

        public override string Name => "generated";

        public override int Count => count;

        public override int Features => PreparationTests.Features;

        public override int Classes => 10;

        public override string ContentSha256 => string.Empty;

        public override bool IsBytes => true;

        public override bool IsGenerated => !IsThere;

        public override int Label(int index) => 0;

        public override ReadOnlySpan<byte> ReadBytes(int index)
        {
            if (index == FailsAt)
            {
                throw new InvalidDataException($"sample {index}");
            }

            lock (_made)
            {
                _made.Add(index);
            }

            return new byte[PreparationTests.Features];
        }

        public override void ReadFloats(int index, Span<float> destination) => destination.Clear();
    }
}
