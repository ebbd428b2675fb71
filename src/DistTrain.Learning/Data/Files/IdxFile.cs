using System.Buffers.Binary;

namespace DistTrain.Learning;

/// <summary>The images of an IDX file.</summary>
/// <param name="Pixels">Bytes, (Count, Rows, Columns).</param>
public sealed record IdxImages(byte[] Pixels, int Count, int Rows, int Columns);

/// <summary>
/// The format of the original MNIST files, plain or gzipped: a big-endian magic number (type of the
/// elements and number of dimensions), the dimensions, then the elements. Unsigned bytes only.
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
/// </summary>
public static class IdxFile
{
    public const int ImagesMagic = 2051;
    public const int LabelsMagic = 2049;

    /// <summary>Rows, and columns, that an image may have.</summary>
    public const int MaxSide = 4096;

    /// <exception cref="DataException">Missing, damaged or not an IDX image file.</exception>
    public static IdxImages ReadImages(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        (int count, int rows, int columns) = ReadImagesHeader(reader, path);
        byte[] pixels = reader.ReadBlock(count * rows * columns, "the pixels");
        reader.ExpectEnd();
        return new IdxImages(pixels, count, rows, columns);
    }

    /// <returns>One byte a sample.</returns>
    /// <exception cref="DataException">Missing, damaged or not an IDX label file.</exception>
    public static byte[] ReadLabels(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        Span<byte> header = stackalloc byte[8];
        reader.Fill(header[..4], "the header");
        ExpectMagic(path, header, LabelsMagic, "labels");
        reader.Fill(header[4..], "the header");
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        ExpectSize(path, count, $"{count:N0} labels");
        byte[] labels = reader.ReadBlock((int)count, "the labels");
        reader.ExpectEnd();
        return labels;
    }

    /// <summary>One image of an image file, without keeping the others.</summary>
    /// <param name="index">0 is the first image.</param>
    /// <exception cref="DataException">As ReadImages, or there is no such image.</exception>
    public static IdxImages ReadImage(string path, int index)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        (int count, int rows, int columns) = ReadImagesHeader(reader, path);
        if (index < 0 || index >= count)
        {
            throw DataException.For(
                path, $"there is no image {index:N0}: it has {count:N0}",
                $"Ask for one in 0 … {count - 1}");
        }

        byte[] pixels = new byte[rows * columns];
        for (int i = 0; i <= index; i++)
        {
            reader.Fill(pixels, $"image {i:N0}");
        }

        return new IdxImages(pixels, 1, rows, columns);
    }

    private static (int Count, int Rows, int Columns) ReadImagesHeader(
        DataFileReader reader, string path)
    {
        Span<byte> header = stackalloc byte[16];
        reader.Fill(header[..4], "the header");
        ExpectMagic(path, header, ImagesMagic, "images");
        reader.Fill(header[4..], "the header");
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        uint rows = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        uint columns = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        string size = $"{count:N0} images of {rows:N0} × {columns:N0}";
        if (rows is 0 or > MaxSide || columns is 0 or > MaxSide)
        {
            throw DataException.For(
                path, $"its header announces {size}; sides may be 1 … {MaxSide:N0}",
                "The header is damaged, or this is not an image file: get it again");
        }

        ExpectSize(path, (long)count * rows * columns, size);
        return ((int)count, (int)rows, (int)columns);
    }

    private static void ExpectMagic(
        string path, ReadOnlySpan<byte> header, int expected, string what)
    {
        uint found = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (found == expected)
        {
            return;
        }

        string kind = found switch
        {
            ImagesMagic => " (an IDX file of images)",
            LabelsMagic => " (an IDX file of labels)",
            _ => "",
        };
        throw DataException.For(
            path, $"wrong magic number: an IDX file of {what} begins with {expected}, " +
            $"this one with {found}{kind}", "Check that files were not swapped, or get it again");
    }

    private static void ExpectSize(string path, long bytes, string size)
    {
        if (bytes == 0)
        {
            throw DataException.For(path, $"no data: its header announces {size}", "Get it again");
        }

        if (bytes > Array.MaxLength)
        {
            throw DataException.For(
                path, $"its header announces {size}, more than {Array.MaxLength:N0} bytes",
                "The header is damaged, or the set is too large: get it again or split it");
        }
    }
}
