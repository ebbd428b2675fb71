using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DistTrain.Cli.Tests;

public sealed class PictureTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(3, 17)]
    public void What_is_written_as_png_is_read_back(int rows, int columns)
    {
        var pixels = new byte[rows * columns];
        new Random(1).NextBytes(pixels);
        var read = PngReader.Read(PngWriter.Format(new GrayImage(rows, columns, pixels)));
        (read.Rows, read.Columns).ShouldBe((rows, columns));
        read.Pixels.ShouldBe(pixels);
    }

    [Theory]
    // Colour type, depth, bytes of one line of two pixels, the two greys.
    [InlineData(0, 1, new byte[] { 0b0100_0000 }, 0, 255)]
    [InlineData(0, 4, new byte[] { 0x0F }, 0, 255)]
    [InlineData(0, 16, new byte[] { 0x80, 0x00, 0xFF, 0xFF }, 128, 255)]
    [InlineData(2, 8, new byte[] { 255, 0, 0, 0, 255, 0 }, 76, 150)]
    [InlineData(4, 8, new byte[] { 200, 255, 200, 0 }, 200, 0)]
    [InlineData(6, 8, new byte[] { 255, 255, 255, 128, 9, 9, 9, 255 }, 128, 9)]
    public void Every_kind_of_pixel_becomes_grey(
        byte type, byte depth, byte[] line, int first, int second) =>
        PngReader.Read(Png(2, 1, depth, type, [0, .. line])).Pixels
            .ShouldBe([(byte)first, (byte)second]);

    [Fact]
    public void A_palette_is_looked_up() =>
        PngReader.Read(Png(2, 1, 8, 3, [0, 1, 0], palette: [0, 0, 0, 255, 255, 255])).Pixels
            .ShouldBe([255, 0]);

    [Fact]
    public void Every_filter_is_undone()
    {
        // The same line five times, each written by another filter.
        byte[] lines =
        [
            0, 10, 20, 40,
            1, 10, 10, 20,
            2, 0, 0, 0,
            3, 5, 5, 10,
            4, 0, 0, 0,
        ];
        var read = PngReader.Read(Png(3, 5, 8, 0, lines));
        for (int row = 0; row < 5; row++)
        {
            read.Pixels[(row * 3)..((row * 3) + 3)].ShouldBe([10, 20, 40]);
        }
    }

    [Fact]
    public void A_png_cut_at_any_byte_or_with_a_flipped_bit_is_refused()
    {
        byte[] png = PngWriter.Format(new GrayImage(4, 4, new byte[16]));
        for (int length = 8; length < png.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => PngReader.Read(png.AsSpan(0, length)));
        }
        for (int at = 8; at < png.Length; at++)
        {
            byte[] flipped = [.. png];
            flipped[at] ^= 4;
            Should.Throw<InvalidDataException>(() => PngReader.Read(flipped));
        }
    }

    [Theory]
    [InlineData("P2\n# a note\n2 1\n10\n0 10\n")]
    [InlineData("P5 2 1 255\n\0\u00ff")]
    public void Plain_and_binary_pgm_are_read(string text)
    {
        var read = PgmFile.Read(Encoding.Latin1.GetBytes(text));
        (read.Rows, read.Columns).ShouldBe((1, 2));
        read.Pixels.ShouldBe([0, 255]);
    }

    [Theory]
    [InlineData("P5 2 1 255\n\0")]
    [InlineData("P2 2 1 255\n5")]
    [InlineData("P2 2 1 9\n5 10")]
    [InlineData("P2 0 1 9\n")]
    [InlineData("P2 99999 99999 9\n")]
    [InlineData("P2 2 1 70000\n1 2")]
    [InlineData("P2 x")]
    public void A_bad_pgm_is_refused(string text) =>
        Should.Throw<InvalidDataException>(() => PgmFile.Read(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void A_picture_is_drawn_in_half_the_lines()
    {
        var image = new GrayImage(3, 2, [255, 0, 255, 0, 0, 0]);
        TerminalPicture.Format(image, hasColour: false, hasUnicode: true).ShouldBe("█ \n  \n");
        TerminalPicture.Format(image, hasColour: false, hasUnicode: false).ShouldBe("@ \n  \n");
        TerminalPicture.Format(image, hasColour: true, hasUnicode: true)
            .ShouldStartWith("\e[38;2;255;255;255;48;2;255;255;255m▀");
    }

    private static byte[] Png(
        int columns, int rows, byte depth, byte type, byte[] lines, byte[]? palette = null)
    {
        var png = new List<byte>(PngWriter.Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, columns);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows);
        (header[8], header[9]) = (depth, type);
        Add("IHDR", header);
        if (palette is not null)
        {
            Add("PLTE", palette);
        }
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            zlib.Write(lines);
        }
        Add("IDAT", compressed.ToArray());
        Add("IEND", []);
        return [.. png];

        void Add(string name, byte[] data)
        {
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            byte[] tag = Encoding.ASCII.GetBytes(name);
            png.AddRange([.. number, .. tag, .. data]);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(tag, data));
            png.AddRange(number);
        }
    }
}
