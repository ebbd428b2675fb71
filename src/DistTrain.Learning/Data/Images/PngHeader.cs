using System.Buffers.Binary;

namespace DistTrain.Learning;

/// <summary>The IHDR chunk of a picture that this reader can read.</summary>
internal readonly record struct PngHeader(int Columns, int Rows, int BitDepth, PngColor Color)
{
    private const int DataBytes = 13;

    /// <summary>Numbers a pixel has in the file.</summary>
    public int Channels => Color switch
    {
        PngColor.Gray or PngColor.Palette => 1,
        PngColor.GrayAlpha => 2,
        PngColor.Rgb => 3,
        _ => 4,
    };

    /// <summary>Of a row without its filter byte.</summary>
    public int RowBytes => ((Columns * Channels * BitDepth) + 7) / 8;

    /// <summary>Whole bytes a pixel has, 1 at least: how far back filters look.</summary>
    public int PixelBytes => Math.Max(1, Channels * BitDepth / 8);

    public static PngHeader Parse(ReadOnlySpan<byte> data, string path)
    {
        if (data.Length != DataBytes)
        {
            throw PngReader.Damaged(path, "its header has a wrong length");
        }

        uint columns = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint rows = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (columns is 0 or > GrayImage.MaxSide || rows is 0 or > GrayImage.MaxSide)
        {
            throw DataException.For(
                path, $"the picture is {columns:N0} × {rows:N0} pixels; sides may be 1 … " +
                $"{GrayImage.MaxSide:N0}", "Resize it first");
        }

        byte depth = data[8];
        var color = (PngColor)data[9];
        bool isKnown = color switch
        {
            PngColor.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.GrayAlpha or PngColor.Rgb or PngColor.RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        if (!isKnown || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw PngReader.Damaged(path, "its header names a format that PNG does not have");
        }

        return data[12] == 0
            ? new PngHeader((int)columns, (int)rows, depth, color)
            : throw DataException.For(
                path, "interlaced PNGs are not read", "Save it without interlacing");
    }
}

/// <summary>The colour types of PNG, by their numbers in the file.</summary>
internal enum PngColor
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    RgbAlpha = 6,
}
