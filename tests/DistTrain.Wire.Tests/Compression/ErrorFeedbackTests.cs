using System.Runtime.InteropServices;

namespace DistTrain.Wire.Tests;

public sealed class ErrorFeedbackTests
{
    [Theory]
    [InlineData(TensorEncoding.Bfloat16)]
    [InlineData(TensorEncoding.Binary16)]
    public void What_was_sent_and_the_residual_are_what_was_given(TensorEncoding encoding)
    {
        // Multiples of 2⁻²⁰ below 1: every sum in this test is exact.
        var random = new Random(5);
        const int Length = 3_001;
        var feedback = new ErrorFeedback(encoding, Length);
        double[] given = new double[Length];
        double[] arrived = new double[Length];
        float[] gradient = new float[Length];
        float[] rounded = new float[Length];
        byte[] payload = new byte[2 * Length];
        for (int step = 0; step < 10; step++)
        {
            for (int i = 0; i < Length; i++)
            {
                gradient[i] = (float)Math.ScaleB(random.Next(-1 << 16, 1 << 16), -20);
                given[i] += gradient[i];
            }

            feedback.Compress(0, gradient, payload);
            TensorCompression.Decode(encoding, payload, rounded);
            for (int i = 0; i < Length; i++)
            {
                arrived[i] += rounded[i];
                (arrived[i] + feedback.Residual[i]).ShouldBe(given[i]);
            }
        }

        feedback.Residual.ToArray().Count(value => value != 0).ShouldBeGreaterThan(Length / 2);
        feedback.Reset();
        feedback.Residual.ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Each_part_has_the_residual_of_its_own_parameters()
    {
        float[] gradient = [.. Enumerable.Range(1, 5_000).Select(i => 1 / (float)i)];
        var whole = new ErrorFeedback(TensorEncoding.Bfloat16, gradient.Length);
        var parts = new ErrorFeedback(TensorEncoding.Bfloat16, gradient.Length);
        byte[] ofWhole = new byte[2 * gradient.Length];
        byte[] ofParts = new byte[2 * gradient.Length];
        for (int step = 0; step < 3; step++)
        {
            whole.Compress(0, gradient, ofWhole);
            ReadOnlySpan<(int First, int Length)> slices = [(4_096, 904), (0, 4_096)];
            foreach ((int first, int length) in slices)
            {
                parts.Compress(
                    first, gradient.AsSpan(first, length), ofParts.AsSpan(2 * first, 2 * length));
            }
        }

        ofParts.ShouldBe(ofWhole);
        MemoryMarshal.AsBytes(parts.Residual).SequenceEqual(MemoryMarshal.AsBytes(whole.Residual))
            .ShouldBeTrue();
    }

    [Fact]
    public void A_small_gradient_arrives_in_time()
    {
        // Beside 1, bfloat16 would lose 0.001 in every step for ever.
        var feedback = new ErrorFeedback(TensorEncoding.Bfloat16, 1);
        byte[] payload = new byte[2];
        float[] rounded = new float[1];
        double arrived = 0;
        for (int step = 0; step < 1_000; step++)
        {
            feedback.Compress(0, [1.001f], payload);
            TensorCompression.Decode(TensorEncoding.Bfloat16, payload, rounded);
            arrived += rounded[0];
        }

        arrived.ShouldBe(1_001, 0.01);
    }
}
