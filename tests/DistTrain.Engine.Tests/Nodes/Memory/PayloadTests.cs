using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

/// <summary>Metrics as they travel, and tensors that are sent or read once.</summary>
public sealed class PayloadTests
{
    [Fact]
    public void Batch_metrics_come_out_as_they_went_in() => Read(
        MetricsNote.Of(new BatchMetrics(-0.0, 0, int.MaxValue)))
        .ShouldBe(new BatchMetrics(-0.0, 0, int.MaxValue));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 4)]
    [InlineData(5, 4)]
    [InlineData(-3, -2)]
    public void What_no_batch_can_have_is_refused(int correct, int samples) =>
        Read(MetricsNote.Of(new BatchMetrics(1, correct, samples))).ShouldBeNull();

    [Fact]
    public void A_note_that_is_cut_off_is_refused()
    {
        byte[] note = MetricsNote.Of(Slices.Metrics);
        for (int bytes = 0; bytes < note.Length; bytes++)
        {
            Read(note.AsSpan(0, bytes)).ShouldBeNull();
        }
    }

    [Fact]
    public void Evaluations_come_out_as_they_went_in()
    {
        var metrics = new EvaluationMetrics(2, 1.25, [1, 2, 0, 40]);
        EvaluationMetrics read = EvaluationPayload.TryRead(EvaluationPayload.Of(metrics), 2)!;

        read.LossSum.ShouldBe(1.25);
        read.Samples.ShouldBe(43);
        read.Confusion(0, 1).ShouldBe(2);
        read.Confusion(1, 1).ShouldBe(40);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(2_147_483_648.0)]
    public void Counts_that_are_none_are_refused(double count) =>
        Evaluation([1.5, 1, count, 0, 3]).ShouldBeNull();

    [Fact]
    public void Evaluations_of_too_many_samples_of_none_or_of_another_shape_are_refused()
    {
        Evaluation([1.5, 1, 0, 0, 3]).ShouldNotBeNull();
        Evaluation([1.5, 0, 0, 0, 0]).ShouldBeNull();
        Evaluation([1.5, int.MaxValue, 0, 0, 1]).ShouldBeNull("more than a count holds");
        Evaluation([1.5, 1, 0, 0]).ShouldBeNull();
        Evaluation([1.5, 1, 0, 0, 3, 0]).ShouldBeNull();
    }

    [Fact]
    public void A_document_is_sent_or_read_once()
    {
        var documents = new Documents();
        TensorHandle sent = documents.Add(TensorEncoding.Bytes, new byte[] { 1, 2 });
        documents.Open(sent).Bytes.ToArray().ShouldBe([1, 2]);
        documents.Remove(sent);
        documents.TryTake(sent, out _).ShouldBeFalse();

        TensorHandle came = documents.Rent(
            new TensorDescription(TensorEncoding.Bytes, 3), out Memory<byte> room);
        room.Span.Fill(7);
        documents.Take(came).ToArray().ShouldBe([7, 7, 7]);
        Should.Throw<InvariantException>(() => documents.Take(came));
    }

    [Fact]
    public void A_document_of_another_table_is_none()
    {
        var other = new Documents();
        TensorHandle late = other.Add(TensorEncoding.Bytes, new byte[1]);
        var documents = new Documents();
        documents.Add(TensorEncoding.Bytes, new byte[1]);

        documents.TryTake(late, out _).ShouldBeFalse();
    }

    private static BatchMetrics? Read(ReadOnlySpan<byte> note) =>
        MetricsNote.TryRead(note, out BatchMetrics metrics) ? metrics : null;

    private static EvaluationMetrics? Evaluation(double[] values) =>
        EvaluationPayload.TryRead(MemoryMarshal.AsBytes<double>(values), 2);
}
