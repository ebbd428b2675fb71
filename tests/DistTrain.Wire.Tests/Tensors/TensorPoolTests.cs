using System.Runtime.InteropServices;

namespace DistTrain.Wire.Tests;

public sealed class TensorPoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(3_776_000)]
    public void A_buffer_has_the_length_asked_for_and_begins_on_a_cache_line(int bytes)
    {
        var pool = new TensorPool(64 << 20);
        for (int i = 0; i < 5; i++)
        {
            pool.TryRent(bytes, out TensorBuffer? buffer).ShouldBeTrue();
            buffer!.Bytes.Length.ShouldBe(bytes);
            buffer.Floats.Length.ShouldBe(bytes / 4);
            MemoryMarshal.TryGetArray<byte>(buffer.Bytes, out ArraySegment<byte> segment)
                .ShouldBeTrue();
            nint address = Marshal.UnsafeAddrOfPinnedArrayElement(segment.Array!, segment.Offset);
            (address % TensorBuffer.AlignmentBytes).ShouldBe(0);
        }
    }

    [Fact]
    public void A_returned_buffer_is_used_again()
    {
        var pool = new TensorPool(1 << 20);
        pool.TryRent(5_000, out TensorBuffer? first).ShouldBeTrue();
        pool.Return(first!);
        pool.TryRent(6_000, out TensorBuffer? second).ShouldBeTrue();
        second.ShouldBeSameAs(first);
        second!.Bytes.Length.ShouldBe(6_000);
    }

    [Fact]
    public void All_buffers_together_stay_within_the_limit()
    {
        var pool = new TensorPool(3 * 4_096);
        pool.TryRent(4_096, out TensorBuffer? small).ShouldBeTrue();
        pool.TryRent(8_192, out TensorBuffer? large).ShouldBeTrue();
        pool.TryRent(1, out _).ShouldBeFalse();

        pool.Return(large!);
        pool.TryRent(4_096, out _).ShouldBeTrue("the room of an unused buffer of another size");
        pool.TryRent(8_192, out _).ShouldBeFalse();
        pool.Return(small!);
        pool.TryRent(1, out TensorBuffer? again).ShouldBeTrue();
        again.ShouldBeSameAs(small);
    }
}
