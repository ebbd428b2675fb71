namespace DistTrain.Learning.Tests;

/// <summary>Equality to the last bit, which == on floats is not: −0 and NaN.</summary>
internal static class Bits
{
    public static void ShouldHaveTheBitsOf(
        this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (int i = 0; i < actual.Length; i++)
        {
            uint a = BitConverter.SingleToUInt32Bits(actual[i]);
            uint e = BitConverter.SingleToUInt32Bits(expected[i]);
            if (a != e)
            {
                Assert.Fail(
                    $"{what}: number {i} is {actual[i]:R} (0x{a:x8}), not {expected[i]:R} " +
                    $"(0x{e:x8})");
            }
        }
    }

    public static void ShouldHaveTheBitsOf(this float[] actual, float[] expected, string what) =>
        ((ReadOnlySpan<float>)actual).ShouldHaveTheBitsOf(expected, what);

    public static void ShouldHaveTheBitsOf(this double actual, double expected, string what) =>
        BitConverter.DoubleToUInt64Bits(actual)
            .ShouldBe(BitConverter.DoubleToUInt64Bits(expected), what);
}
