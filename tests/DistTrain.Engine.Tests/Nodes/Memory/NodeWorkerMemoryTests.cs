using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

public sealed class NodeWorkerMemoryTests
{
    private static readonly int Parameters = Slices.Intervals.Sum(interval => interval.Length);

    [Fact]
    public void The_parts_sent_are_the_gradient_with_its_metrics_beside_each()
    {
        NodeWorkerMemory memory = New();
        ImmutableArray<TensorHandle> parts = Compute(memory, 0, i => i);

        float[] sent = [];
        foreach (TensorHandle part in parts)
        {
            TensorPayload payload = memory.Open(NodeHandle.Of(part));
            payload.Encoding.ShouldBe(TensorEncoding.Binary32);
            MetricsNote.TryRead(payload.Note.Span, out BatchMetrics metrics).ShouldBeTrue();
            metrics.ShouldBe(Slices.Metrics);
            sent = [.. sent, .. Slices.Floats(payload.Bytes)];
        }

        sent.ShouldBe(Enumerable.Range(0, Parameters).Select(i => (float)i));
    }

    [Fact]
    public void A_gradient_that_is_being_sent_is_not_overwritten_though_its_step_is_past()
    {
        NodeWorkerMemory memory = New();
        NodeHandle sent = NodeHandle.Of(Compute(memory, 0, _ => 1)[0]);
        ReadOnlyMemory<byte> bytes = memory.Open(sent).Bytes;
        for (int step = 1; step < 5; step++)
        {
            Compute(memory, step, _ => 2);
        }

        Slices.Floats(bytes).ShouldAllBe(value => value == 1);
        memory.Close(sent);
        Compute(memory, 5, _ => 3);
        Slices.Floats(bytes).ShouldAllBe(value => value == 3);
        Should.Throw<InvariantException>(() => memory.Open(sent));
    }

    [Fact]
    public void A_handle_of_a_run_before_closes_nothing()
    {
        NodeWorkerMemory before = New();
        NodeHandle late = NodeHandle.Of(Compute(before, 0, _ => 1)[0]);
        NodeWorkerMemory memory = New();
        memory.Close(late); // where no gradient was computed yet
        ReadOnlyMemory<byte> bytes = memory.Open(
            NodeHandle.Of(Compute(memory, 0, _ => 1)[0])).Bytes;
        memory.Close(late);
        Compute(memory, 1, _ => 2);
        Slices.Floats(bytes).ShouldAllBe(value => value == 1);
    }

    [Theory]
    [InlineData(TensorEncoding.Bfloat16)]
    [InlineData(TensorEncoding.Binary16)]
    public void What_16_bits_take_from_one_gradient_is_in_the_next(TensorEncoding encoding)
    {
        NodeWorkerMemory memory = New(encoding);
        const float Value = 1.001f;
        double sum = 0;
        for (int step = 0; step < 400; step++)
        {
            NodeHandle part = NodeHandle.Of(Compute(memory, step, _ => Value)[1]);
            TensorPayload payload = memory.Open(part);
            float[] decoded = new float[Slices.Intervals[1].Length];
            TensorCompression.Decode(encoding, payload.Bytes.Span, decoded);
            sum += decoded[3];
            memory.Close(part);
        }

        sum.ShouldBe(400 * Value, 0.01, "without feedback bfloat16 gives 400");
    }

    [Fact]
    public void Gradients_of_all_steps_that_may_be_ahead_have_room()
    {
        NodeWorkerMemory memory = New(staleness: 2);
        for (int node = 0; node < 240; node++)
        {
            Rent(memory, version: 0, step: node / 80);
        }

        Should.Throw<InvariantException>(() => Rent(memory, version: 0, step: 2));
    }

    [Fact]
    public void Metrics_can_be_sent_until_another_evaluation_begins()
    {
        var metrics = new OutgoingMetrics();
        NodeHandle first = NodeHandle.Of(metrics.Add(new EvaluationId(1), [1]));
        NodeHandle second = NodeHandle.Of(metrics.Add(new EvaluationId(1), [2]));
        metrics.Open(first).Bytes.ToArray().ShouldBe([1]);
        metrics.Open(second).Bytes.ToArray().ShouldBe([2]);
        metrics.Add(new EvaluationId(2), [3]);
        Should.Throw<InvariantException>(() => metrics.Open(first));
    }

    private static NodeWorkerMemory New(
        TensorEncoding encoding = TensorEncoding.Binary32, int staleness = 0) =>
        new(Slices.Intervals, encoding, staleness, TensorMemory.Own);

    private static ImmutableArray<TensorHandle> Compute(
        NodeWorkerMemory memory, int step, Func<int, float> value)
    {
        GradientBuffer buffer = Rent(memory, step, step);
        for (int i = 0; i < Parameters; i++)
        {
            buffer.Values.Span[i] = value(i);
        }

        buffer.Finish(Slices.Metrics);
        return memory.HandlesOf(buffer);
    }

    private static GradientBuffer Rent(NodeWorkerMemory memory, long version, long step) =>
        memory.Rent(
            new WorkerId(7), new Basis(Slices.G1, version), step, new TreeNode(0, 1));
}
