using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public unsafe class FirstLayerPartTests
{
    private const int LineBytes = 64;
    private const int PageBytes = AlignedBuffer<float>.PageBytes;

    private static readonly int[] Places =
    [
        UpdateStreams.Parameters, UpdateStreams.NextParameters, UpdateStreams.Gradient,
        UpdateStreams.RightGradient, UpdateStreams.FirstMoment, UpdateStreams.SecondMoment,
    ];

    [Fact]
    public void Streams_are_an_eighth_of_a_page_apart_at_least()
    {
        for (int i = 0; i < Places.Length; i++)
        {
            int next = i + 1 < Places.Length ? Places[i + 1] : Places[0] + PageBytes;
            (next - Places[i]).ShouldBeGreaterThanOrEqualTo(PageBytes / 8);
        }
    }

    /// <summary>Parts of one strip and of several, whose offsets are pages and parts of pages.
    /// </summary>
    [Theory]
    [InlineData(784, 128, 1, 2)]
    [InlineData(784, 500, 2, 3)]
    [InlineData(3000, 100, 2, 1)]
    [InlineData(1999, 333, 1, 3)]
    public void Gradient_and_parameters_of_a_strip_are_as_far_apart_within_pages_as_their_blocks(
        int inputs, int units, int members, int version)
    {
        ParameterView weight = LayoutOf(inputs, units).Weight(0);
        for (int member = 0; member < members; member++)
        {
            (int firstUnit, int own) = new FirstLayerDivision(units, members).OwnOf(member);
            var part = new FirstLayerPart(
                weight, 2, firstUnit, own, pads: members > 1, skipsZeros: false);
            part.Require(version % 2);
            foreach (FirstLayerStrip strip in part.Strips)
            {
                int gradient = PlaceOf(part.Gradient(strip).Data);
                int parameters = PlaceOf(part.Weight(strip, version % 2).Data);
                int apart = UpdateStreams.Gradient - UpdateStreams.ParametersOf(version % 2);
                ((gradient - parameters + PageBytes) % PageBytes).ShouldBeInRange(
                    apart, apart + LineBytes - 1, $"the strip at {strip.Offset}");
            }
        }
    }

    [Fact]
    public void A_gradient_begins_on_a_cache_line_at_or_behind_what_it_belongs_to()
    {
        const int LineNumbers = LineBytes / sizeof(float), PageNumbers = PageBytes / sizeof(float);
        for (int offset = 0; offset < 3 * PageNumbers; offset++)
        {
            int start = UpdateStreams.StartOf(offset);
            (start % LineNumbers).ShouldBe(0);
            start.ShouldBeInRange(0, UpdateStreams.Room);
            (start - (offset % PageNumbers)).ShouldBeInRange(0, LineNumbers - 1);
        }
    }

    private static ParameterLayout LayoutOf(int inputs, int units) => ParameterLayout.For(
        Tasks.Recipe($"{inputs}-{units}:relu-4:softmax").Layers, inputs);

    private static int PlaceOf(ReadOnlySpan<float> numbers) => (int)(
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(numbers))
        % PageBytes);
}
