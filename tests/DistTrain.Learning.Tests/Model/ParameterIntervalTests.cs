namespace DistTrain.Learning.Tests;

public class ParameterIntervalTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096, 2)]
    [InlineData(4097, 2)]
    [InlineData(104_938, 1)]
    [InlineData(104_938, 3)]
    [InlineData(104_938, 26)]
    [InlineData(104_938, 1000)]
    [InlineData(int.MaxValue, 7)]
    public void Slices_cover_the_block_begin_at_multiples_of_4096_and_are_even(int count, int asked)
    {
        IReadOnlyList<ParameterInterval> slices = ParameterInterval.Cut(count, asked);
        int blocks = (int)(((long)count + 4095) / 4096);
        slices.Count.ShouldBe(Math.Min(asked, blocks));
        int next = 0;
        foreach (ParameterInterval slice in slices)
        {
            slice.Start.ShouldBe(next);
            (slice.Start % 4096).ShouldBe(0);
            slice.Length.ShouldBeGreaterThan(0);
            next = slice.End;
        }

        next.ShouldBe(count);
        slices.Sum(slice => (long)slice.BlockCount).ShouldBe(blocks);
        (slices.Max(s => s.BlockCount) - slices.Min(s => s.BlockCount)).ShouldBeLessThan(2);
    }

    [Fact]
    public void Three_blocks_and_a_bit_in_two_slices_are_two_and_two() =>
        ParameterInterval.Cut((3 * 4096) + 1, 2)
            .ShouldBe([new(0, 2 * 4096), new(2 * 4096, 4096 + 1)]);

    [Fact]
    public void Nothing_cannot_be_cut_nor_anything_into_nothing()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ParameterInterval.Cut(0, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => ParameterInterval.Cut(1, 0));
    }
}
