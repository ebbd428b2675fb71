using System.Buffers.Binary;

namespace DistTrain.Learning;

/// <summary>
/// Pixels of any PNG colour type as grey bytes: luma (299 R + 587 G + 114 B) / 1000, in front of
/// black where they are transparent.
/// </summary>
internal readonly ref struct PngGray
{
    private readonly PngHeader _header;
    private readonly ReadOnlySpan<byte> _palette;
    private readonly ReadOnlySpan<byte> _transparency;
    private readonly string _path;

    public PngGray(
        PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency, string path)
    {
        _header = header;
        _palette = palette;
        _transparency = transparency;
        _path = path;
        if (header.Color == PngColor.Palette && (palette.IsEmpty || palette.Length % 3 != 0))
        {
            throw PngReader.Damaged(path, "its palette is missing or damaged");
        }
    }

    /// <param name="rows">Rows, each a filter byte and then its bytes.</param>
    public byte[] Convert(ReadOnlySpan<byte> rows)
    {
        byte[] pixels = new byte[_header.Rows * _header.Columns];
        Span<int> sample = stackalloc int[4];
        sample = sample[.._header.Channels];
        int stride = 1 + _header.RowBytes;
        for (int i = 0; i < pixels.Length; i++)
        {
            ReadOnlySpan<byte> row = rows.Slice(((i / _header.Columns) * stride) + 1, stride - 1);
            for (int channel = 0; channel < sample.Length; channel++)
            {
                int place = ((i % _header.Columns) * sample.Length) + channel;
                sample[channel] = SampleAt(row, place);
            }

            pixels[i] = ToGray(sample);
        }

        return pixels;
    }

    /// <summary>A number of a row: 0 … 2^BitDepth − 1, packed from the high bits down.</summary>
    private int SampleAt(ReadOnlySpan<byte> row, int place)
    {
        int depth = _header.BitDepth;
        if (depth == 16)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * place)..]);
        }

        int bit = place * depth;
        return (row[bit / 8] >> (8 - depth - (bit % 8))) & ((1 << depth) - 1);
    }

    private byte ToGray(ReadOnlySpan<int> sample)
    {
        if (_header.Color == PngColor.Palette)
        {
            int at = 3 * sample[0];
            if (at + 3 > _palette.Length)
            {
                throw PngReader.Damaged(_path, "a pixel has a colour that is not in the palette");
            }

            int opacity = sample[0] < _transparency.Length ? _transparency[sample[0]] : 255;
            int luma = Luma(_palette[at], _palette[at + 1], _palette[at + 2]);
            return (byte)(((luma * opacity) + 127) / 255);
        }

        long white = (1 << _header.BitDepth) - 1;
        bool isColor = _header.Color is PngColor.Rgb or PngColor.RgbAlpha;
        long gray = isColor ? Luma(sample[0], sample[1], sample[2]) : sample[0];
        bool hasAlpha = _header.Color is PngColor.GrayAlpha or PngColor.RgbAlpha;
        long alpha = hasAlpha ? sample[^1] : IsTransparent(sample) ? 0 : white;
        long square = white * white;
        return (byte)(((gray * alpha * 255) + (square / 2)) / square);
    }

    private static int Luma(int red, int green, int blue) =>
        ((299 * red) + (587 * green) + (114 * blue) + 500) / 1000;

    /// <summary>Without an alpha channel one colour may stand for "transparent".</summary>
    private bool IsTransparent(ReadOnlySpan<int> sample)
    {
        if (_transparency.Length < 2 * sample.Length)
        {
            return false;
        }

        for (int channel = 0; channel < sample.Length; channel++)
        {
            int key = BinaryPrimitives.ReadUInt16BigEndian(_transparency[(2 * channel)..]);
            if (sample[channel] != key)
            {
                return false;
            }
        }

        return true;
    }
}
