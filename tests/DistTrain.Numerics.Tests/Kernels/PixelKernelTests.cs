namespace DistTrain.Numerics.Tests;

/// <summary>Pixels to inputs, for every byte and every instruction set.</summary>
public class PixelKernelTests
{
    private const float Canary = 1234.5f;

    private static readonly byte[] AllBytes = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];

    private static readonly PixelScale[] Scales =
    [
        new(PixelRule.Unit),
        new(PixelRule.Binary),
        new(PixelRule.Standard, 33.318421f, 78.567490f),
        new(PixelRule.Standard, 127.5f, 0.3f),
        new(PixelRule.Standard, 0f, 1e-38f),
    ];

    public static TheoryData<Isa> Isas => KernelsUnderTest.Available;

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_unit_pixel_is_the_rounded_quotient_for_every_byte(Isa isa)
    {
        float[] inputs = new float[256];
        Kernels.For(isa).ScalePixels(AllBytes, new PixelScale(PixelRule.Unit), inputs);
        for (int b = 0; b < 256; b++)
        {
            Floats.Bits(inputs[b]).ShouldBe(Floats.Bits(b / 255f), $"byte {b}");
        }
    }

    // Starts at every distance from a vector's boundary, so that bytes also go through the tail.
    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_scale_is_the_oracles_at_every_length(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var naive = new NaiveKernels();
        foreach (PixelScale scale in Scales)
        {
            foreach (int start in (int[])[0, 1, 13, 127, 216, 240, 255, 256])
            {
                ReadOnlySpan<byte> pixels = AllBytes.AsSpan(start);
                float[] expected = new float[pixels.Length + 1];
                float[] actual = new float[pixels.Length + 1];
                expected[^1] = actual[^1] = Canary;
                naive.ScalePixels(pixels, scale, expected.AsSpan(..^1));
                kernels.ScalePixels(pixels, scale, actual.AsSpan(..^1));
                actual.Select(Floats.Bits).ShouldBe(
                    expected.Select(Floats.Bits), $"{scale} from {start}");
            }
        }
    }

    [Fact]
    public void As_many_inputs_as_pixels_are_written_or_none() =>
        Should.Throw<ArgumentException>(() => Kernels.For(IsaSupport.Best)
            .ScalePixels(AllBytes, new PixelScale(PixelRule.Unit), new float[257]));

    [Fact]
    public void A_prefetch_of_any_bytes_is_harmless()
    {
        CachePrefetch.ToL2([]);
        for (int length = 1; length < 200; length++)
        {
            CachePrefetch.ToL2(AllBytes.AsSpan(256 - length));
        }
    }
}
