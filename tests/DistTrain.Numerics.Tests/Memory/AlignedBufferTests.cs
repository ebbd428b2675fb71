using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistTrain.Numerics.Tests.Memory;

public unsafe class AlignedBufferTests
{
    private const int VectorNumbers = 16;

    [Theory]
    [InlineData(null, 64)]
    [InlineData(0, AlignedBuffer<float>.PageBytes)]
    [InlineData(64, AlignedBuffer<float>.PageBytes)]
    [InlineData(3072, AlignedBuffer<float>.PageBytes)]
    [InlineData(4032, AlignedBuffer<float>.PageBytes)]
    public void A_block_begins_where_it_was_asked_to_with_a_vector_of_zeros_behind_it(
        int? inPage, int alignment)
    {
        foreach (int length in new[] { 0, 1, 15, 16, 1023, 1024, 1025, 50_176 })
        {
            var block = new AlignedBuffer<float>(length, inPage);
            block.Length.ShouldBe(length);
            block.Span.Length.ShouldBe(length);
            block.Memory.Length.ShouldBe(length);
            float* start = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block.Span));
            ((nuint)start % (nuint)alignment).ShouldBe(
                (nuint)(inPage ?? 0), $"{length} numbers");
            for (int i = 0; i < length + VectorNumbers; i++)
            {
                start[i].ShouldBe(0, $"number {i} of {length}");
            }
        }
    }

    [Theory]
    [InlineData(-64)]
    [InlineData(4)]
    [InlineData(AlignedBuffer<float>.PageBytes)]
    public void A_place_in_a_page_is_whole_cache_lines_within_it(int inPage) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new AlignedBuffer<float>(16, inPage));

    [Fact]
    public void Blocks_of_bytes_and_words_begin_on_pages_too()
    {
        Start(new AlignedBuffer<byte>(5000, inPage: 0).Span).ShouldBe(0);
        Start(new AlignedBuffer<ushort>(5000, inPage: 0).Span).ShouldBe(0);
        Start(new AlignedBuffer<double>(5000, inPage: 0).Span).ShouldBe(0);

        static int Start<T>(Span<T> block)
            where T : unmanaged =>
            (int)((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block))
                % AlignedBuffer<float>.PageBytes);
    }
}
