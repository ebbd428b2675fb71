using System.Buffers.Binary;

namespace DistTrain.Learning.Tests;

public class PngTests
{
    [Theory]
    [InlineData("gray 1", new byte[] { 0, 255, 255, 255, 0, 255 })]
    [InlineData("gray 2", new byte[] { 0, 85, 170, 255, 170, 85 })]
    [InlineData("gray 4", new byte[] { 0, 255, 136, 17, 34, 51 })]
    [InlineData("gray 8", new byte[] { 0, 128, 255, 10, 20, 30 })]
    [InlineData("gray 16", new byte[] { 0, 128, 255, 1, 2, 0 })]
    [InlineData("gray alpha", new byte[] { 255, 128, 0, 100, 20, 0 })]
    [InlineData("gray key", new byte[] { 0, 0, 255, 10, 20, 30 })]
    [InlineData("rgb", new byte[] { 76, 150, 29, 255, 18, 0 })]
    [InlineData("rgba", new byte[] { 76, 150, 0, 128, 18, 0 })]
    [InlineData("palette", new byte[] { 0, 128, 76, 29, 76, 128 })]
    [InlineData("pieces", new byte[] { 0, 128, 255, 10, 20, 30 })]
    public void Every_colour_type_and_depth_becomes_grey(string name, byte[] expected)
    {
        GrayImage image = PngReader.Read(PngSamples.Get(name), name);
        (image.Rows, image.Columns).ShouldBe((2, 3));
        image.Pixels.ShouldBe(expected);
    }

    [Fact]
    public void Every_filter_is_undone() =>
        PngReader.Read(PngSamples.Get("filters"), "filters").Pixels.ShouldBe(
            [5, 96, 187, 42, 133, 224, 79, 170, 5, 100, 80, 60, 110, 120, 79]);

    [Theory]
    [InlineData("interlaced", "interlaced PNGs are not read. Save it without interlacing.")]
    [InlineData("bad filter", "row 1 has a filter that PNG does not have")]
    [InlineData("too few pixels", "its pixels are cut short or corrupt")]
    [InlineData("too many pixels", "it has too many pixels")]
    [InlineData("no palette", "its palette is missing or damaged")]
    [InlineData("off the palette", "a pixel has a colour that is not in the palette")]
    [InlineData("odd depth", "its header names a format that PNG does not have")]
    [InlineData("huge", "the picture is 70,000 × 2 pixels; sides may be 1 … 4,096")]
    [InlineData("unknown part", "it has a required part that is not known")]
    public void What_cannot_be_read_says_why(string name, string expected) =>
        ErrorOf(PngSamples.Get(name)).ShouldContain(expected);

    [Fact]
    public void A_flipped_bit_anywhere_behind_the_signature_is_found()
    {
        byte[] good = PngSamples.Get("gray 8");
        for (int bit = 64; bit < 8 * good.Length; bit++)
        {
            byte[] damaged = [.. good];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ErrorOf(damaged).ShouldContain("damaged PNG", customMessage: $"bit {bit}");
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] good = PngSamples.Get("gray 8");
        for (int length = 8; length < good.Length; length++)
        {
            ErrorOf(good[..length]).ShouldContain("cut short");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(3, 200)]
    public void What_is_written_is_read_back(int rows, int columns)
    {
        byte[] pixels = new byte[rows * columns];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i * 37);
        }

        byte[] file = PngWriter.ToBytes(new GrayImage(rows, columns, pixels));
        BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)).ShouldBe(columns);
        GrayImage image = PngReader.Read(file, "written");
        (image.Rows, image.Columns).ShouldBe((rows, columns));
        image.Pixels.ShouldBe(pixels);
    }

    [Fact]
    public void The_checksum_is_CRC_32()
    {
        // The check value of the CRC catalogue.
        PngFormat.Crc("123456789"u8).ShouldBe(0xCBF43926);
    }

    private static string ErrorOf(byte[] file) =>
        Should.Throw<DataException>(() => PngReader.Read(file, "p.png")).Message;
}
