using DistTrain.Numerics;

namespace DistTrain.Benchmarks;

/// <summary>Aligned blocks of ordinary numbers, the same in every run.</summary>
internal static class Numbers
{
    /// <summary>Uniform in [−1, 1): no zero rows, no denormals, nothing a kernel could skip.
    /// </summary>
    public static AlignedBuffer<float> Signed(int length)
    {
        AlignedBuffer<float> numbers = new(length);
        RandomStream stream = new(1, RandomPurpose.Initialization);
        for (int i = 0; i < length; i++)
            numbers.Span[i] = (2 * UniformDistribution.FromWord(stream.Word((uint)i))) - 1;
        return numbers;
    }
}
