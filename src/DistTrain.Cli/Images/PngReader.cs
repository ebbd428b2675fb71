using System.Buffers.Binary;
using System.IO.Compression;

namespace DistTrain.Cli;

/// <summary>
/// Reads PNG files as grey pictures: every colour type and depth, not interlaced. Colours become
/// luma (ITU-R BT.601), transparency shows black. Throws <see cref="InvalidDataException"/> with
/// what is wrong.
/// </summary>
internal static class PngReader
{
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngWriter.Signature);

    public static GrayImage Read(ReadOnlySpan<byte> file)
    {
        Header? header = null;
        byte[] palette = [];
        using var data = new MemoryStream();
        int at = PngWriter.Signature.Length;
        while (true)
        {
            var (type, body) = NextChunk(file, ref at);
            if (header is null && type != Tag("IHDR"))
            {
                throw new InvalidDataException("the PNG does not begin with its header");
            }
            if (type == Tag("IHDR"))
            {
                header = Header.Read(body);
            }
            else if (type == Tag("PLTE"))
            {
                palette = body.ToArray();
            }
            else if (type == Tag("IDAT"))
            {
                data.Write(body.Span);
            }
            else if (type == Tag("IEND"))
            {
                break;
            }
        }
        byte[] lines = Inflate(data, header!.Value);
        Unfilter(lines, header.Value);
        return ToGray(lines, header.Value, palette);
    }

    private static (uint Type, ReadOnlyMemory<byte> Body) NextChunk(
        ReadOnlySpan<byte> file, ref int at)
    {
        if (file.Length - at < 12)
        {
            throw new InvalidDataException("the PNG is cut short");
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (length > file.Length - at - 12)
        {
            throw new InvalidDataException("the PNG is cut short");
        }
        var name = file.Slice(at + 4, 4);
        var body = file.Slice(at + 8, (int)length);
        uint crc = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]);
        if (crc != Crc32.Of(name, body))
        {
            throw new InvalidDataException("the PNG is corrupt: a checksum does not match");
        }
        at += 12 + (int)length;
        return (BinaryPrimitives.ReadUInt32BigEndian(name), body.ToArray());
    }

    private static uint Tag(string name) =>
        (uint)((name[0] << 24) | (name[1] << 16) | (name[2] << 8) | name[3]);

    private static byte[] Inflate(MemoryStream data, Header header)
    {
        data.Position = 0;
        var lines = new byte[(header.LineBytes + 1) * header.Rows];
        try
        {
            using var zlib = new ZLibStream(data, CompressionMode.Decompress);
            zlib.ReadExactly(lines);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("the PNG holds fewer pixels than its header says");
        }
        return lines;
    }

    /// <summary>Undoes the filters in place; each line begins with its filter's number.</summary>
    private static void Unfilter(byte[] lines, Header header)
    {
        int stride = header.LineBytes + 1;
        int step = Math.Max(1, header.BitsPerPixel / 8);
        for (int row = 0; row < header.Rows; row++)
        {
            var line = lines.AsSpan((row * stride) + 1, header.LineBytes);
            var above = row == 0
                ? new byte[header.LineBytes]
                : lines.AsSpan(((row - 1) * stride) + 1, header.LineBytes);
            byte filter = lines[row * stride];
            for (int i = 0; i < line.Length; i++)
            {
                int left = i >= step ? line[i - step] : 0;
                int up = above[i];
                int corner = i >= step ? above[i - step] : 0;
                line[i] += (byte)(filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => throw new InvalidDataException($"the PNG has a line of filter {filter}"),
                });
            }
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        int toLeft = Math.Abs(estimate - left);
        int toUp = Math.Abs(estimate - up);
        int toCorner = Math.Abs(estimate - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static GrayImage ToGray(byte[] lines, Header header, byte[] palette)
    {
        var pixels = new byte[header.Rows * header.Columns];
        for (int row = 0; row < header.Rows; row++)
        {
            var line = lines.AsSpan((row * (header.LineBytes + 1)) + 1, header.LineBytes);
            for (int column = 0; column < header.Columns; column++)
            {
                int first = column * header.Channels;
                int a = Sample(line, first, header.Depth);
                pixels[(row * header.Columns) + column] = header.ColourType switch
                {
                    0 => Scale(a, header.Depth),
                    2 => Luma(line, first, header.Depth, 255),
                    3 => OfPalette(palette, a),
                    4 => Over(Scale(a, header.Depth),
                        Scale(Sample(line, first + 1, header.Depth), header.Depth)),
                    _ => Luma(line, first, header.Depth,
                        Scale(Sample(line, first + 3, header.Depth), header.Depth)),
                };
            }
        }
        return new GrayImage(header.Rows, header.Columns, pixels);
    }

    private static int Sample(ReadOnlySpan<byte> line, int index, int depth)
    {
        if (depth == 16)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(line[(index * 2)..]);
        }
        int bit = index * depth;
        return (line[bit / 8] >> (8 - depth - (bit % 8))) & ((1 << depth) - 1);
    }

    private static byte Scale(int sample, int depth)
    {
        int max = (1 << depth) - 1;
        return (byte)(((sample * 255) + (max / 2)) / max);
    }

    private static byte Luma(ReadOnlySpan<byte> line, int first, int depth, byte alpha) =>
        Over(Luma(
            Scale(Sample(line, first, depth), depth),
            Scale(Sample(line, first + 1, depth), depth),
            Scale(Sample(line, first + 2, depth), depth)), alpha);

    private static byte Luma(int red, int green, int blue) =>
        (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);

    private static byte Over(byte value, byte alpha) => (byte)(((value * alpha) + 127) / 255);

    private static byte OfPalette(byte[] palette, int index) =>
        (index * 3) + 2 < palette.Length
            ? Luma(palette[index * 3], palette[(index * 3) + 1], palette[(index * 3) + 2])
            : throw new InvalidDataException("the PNG uses a colour that is not in its palette");

    private readonly record struct Header(int Columns, int Rows, int Depth, int ColourType)
    {
        public int Channels => ColourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

        public int BitsPerPixel => Channels * Depth;

        public int LineBytes => (int)((((long)Columns * BitsPerPixel) + 7) / 8);

        public static Header Read(ReadOnlyMemory<byte> chunk)
        {
            var body = chunk.Span;
            if (body.Length != 13)
            {
                throw new InvalidDataException("the PNG has a header of the wrong length");
            }
            uint columns = BinaryPrimitives.ReadUInt32BigEndian(body);
            uint rows = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
            if (columns == 0 || rows == 0 || (ulong)columns * rows > GrayImage.MaxPixels)
            {
                throw new InvalidDataException(
                    $"the PNG says that it has {columns} x {rows} pixels");
            }
            var header = new Header((int)columns, (int)rows, body[8], body[9]);
            bool isKnown = (header.ColourType, header.Depth) is
                (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) or (2 or 4 or 6, 8 or 16);
            if (!isKnown || body[10] != 0 || body[11] != 0)
            {
                throw new InvalidDataException("the PNG is of an unknown kind");
            }
            if (body[12] != 0)
            {
                throw new InvalidDataException("the PNG is interlaced; save it without");
            }
            return header;
        }
    }
}
