using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public unsafe class FirstLayerPartTests
{
    private const int LineBytes = 64;

    /// <summary>Parts of one strip and of several, whose offsets are pages and parts of pages.
    /// </summary>
    [Theory]
    [InlineData(784, 128, 1, 2)]
    [InlineData(784, 500, 2, 3)]
    [InlineData(3000, 100, 2, 1)]
    [InlineData(1999, 333, 1, 3)]
    public void Gradient_and_parameters_of_a_strip_lie_alike_within_pages(
        int inputs, int units, int members, int version)
    {
        ParameterView weight = LayoutOf(inputs, units).Weight(0);
        for (int member = 0; member < members; member++)
        {
            var part = new FirstLayerPart(weight, 2, member, members, skipsZeros: false);
            part.Require(version % 2);
            foreach (FirstLayerStrip strip in part.Strips)
            {
                int gradient = PlaceOf(part.Gradient(strip).Data);
                int parameters = PlaceOf(part.Weight(strip, version % 2).Data);
                gradient.ShouldBe(
                    parameters / LineBytes * LineBytes, $"the strip at {strip.Offset}");
            }
        }
    }

    private static ParameterLayout LayoutOf(int inputs, int units) => ParameterLayout.For(
        Tasks.Recipe($"{inputs}-{units}:relu-4:softmax").Layers, inputs);

    private static int PlaceOf(ReadOnlySpan<float> numbers) => (int)(
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(numbers))
        % AlignedBuffer<float>.PageBytes);
}
