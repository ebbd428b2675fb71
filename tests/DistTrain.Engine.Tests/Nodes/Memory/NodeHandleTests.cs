using System.Runtime.InteropServices;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class NodeHandleTests
{
    [Theory]
    [InlineData(TensorKind.Published, 0, 0, 0)]
    [InlineData(TensorKind.Document, 0, 0, int.MaxValue)]
    [InlineData(TensorKind.Gradient, NodeHandle.MostSlices - 1, 0, 1)]
    [InlineData(TensorKind.Norms, 0, NodeHandle.MostPlaces - 1, 1)]
    [InlineData(
        TensorKind.Document, NodeHandle.MostSlices - 1, NodeHandle.MostPlaces - 1, int.MaxValue)]
    internal void A_handle_is_what_it_was_put_together_from(
        TensorKind kind, int slice, int place, int use)
    {
        var handle = new NodeHandle(kind, slice, place, use);

        NodeHandle.Of(handle.ToTensor()).ShouldBe(handle);
        handle.ToTensor().Value.ShouldBePositive();
    }

    [Fact]
    public void A_handle_that_names_nothing_has_no_kind() =>
        ((int)NodeHandle.Of(default).Kind).ShouldBe(0);

    [Fact]
    public void Uses_begin_anew_when_they_are_used_up() =>
        NodeHandle.NextUse(int.MaxValue).ShouldBe(0);

    [Fact]
    public void Tables_count_from_numbers_of_their_own_that_fit_a_handle()
    {
        int[] first = [.. Enumerable.Range(0, 2047).Select(_ => HandleUses.Next())];

        first.ShouldBeUnique();
        first.ShouldAllBe(use => use >= 0);
    }

    [Fact]
    public void Numbers_and_their_bytes_are_the_same_memory()
    {
        float[] values = [1, -2, 3];
        Memory<byte> bytes = new ByteView<float>(values).Memory;
        bytes.Length.ShouldBe(12);
        MemoryMarshal.AsBytes<float>(values).SequenceEqual(bytes.Span).ShouldBeTrue();

        Slices.Floats(bytes[4..8])[0] = 7;
        values.ShouldBe([1, 7, 3]);
    }
}
