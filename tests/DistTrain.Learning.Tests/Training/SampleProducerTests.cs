namespace DistTrain.Learning.Tests;

public class SampleProducerTests
{
    private const int Features = 4;

    [Fact]
    public void All_samples_are_made_those_to_train_on_in_the_order_of_the_epoch()
    {
        var training = new Generated(2_000);
        var test = new Generated(300);
        TrainingTask task = Task(training, test);
        using SampleProducer producer = SampleProducer.Start(task, epoch: 1);
        producer.Wait();
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
        using (SampleProducer producer = SampleProducer.Start(Task(slice, null), epoch: 0))
        {
            producer.Wait();
        }

        for (int i = 100; i < 500; i++)
        {
            ahead.ReadBytes(i).SequenceEqual(onDemand.ReadBytes(i)).ShouldBeTrue($"image {i}");
        }
    }

    [Fact]
    public void What_a_thread_fails_by_is_thrown()
    {
        var training = new Generated(100) { FailsAt = 50 };
        using SampleProducer producer = SampleProducer.Start(Task(training, null), epoch: 0);
        Should.Throw<InvalidDataException>(producer.Wait).Message.ShouldBe("sample 50");
        Should.Throw<InvalidDataException>(producer.Finish);
    }

    [Fact]
    public void Data_that_are_there_are_not_read()
    {
        var training = new Generated(100) { IsThere = true };
        using SampleProducer producer = SampleProducer.Start(Task(training, training), epoch: 0);
        producer.Wait();
        training.Made.ShouldBeEmpty();
    }

    [Fact]
    public void One_that_is_finished_makes_no_more()
    {
        var training = new Generated(100_000);
        using SampleProducer producer = SampleProducer.Start(Task(training, null), epoch: 0);
        producer.Finish();
        int made = training.Made.Count;
        training.Made.Distinct().Count().ShouldBe(made, "none twice");
        producer.Finish();
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

        public override int Features => SampleProducerTests.Features;

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

            return new byte[SampleProducerTests.Features];
        }

        public override void ReadFloats(int index, Span<float> destination) => destination.Clear();
    }
}
