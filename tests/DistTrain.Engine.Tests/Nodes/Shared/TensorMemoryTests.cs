using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistTrain.Learning;

namespace DistTrain.Engine.Tests;

public unsafe class TensorMemoryTests
{
    private const int PageBytes = 4096;

    [Theory]
    [InlineData(UpdateStreams.Parameters)]
    [InlineData(UpdateStreams.NextParameters)]
    [InlineData(UpdateStreams.Gradient)]
    public void A_tensor_that_nobody_maps_and_what_takes_its_place_begin_where_they_are_to(
        int inPage)
    {
        TensorBlock block = TensorMemory.Own.Allocate(100_000, inPage);
        PlaceOf(block).ShouldBe(inPage);
        PlaceOf(block.Successor(TensorMemory.Own)).ShouldBe(inPage);
    }

    private static int PlaceOf(TensorBlock block) => (int)(
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block.Values.Span)) % PageBytes);
}
