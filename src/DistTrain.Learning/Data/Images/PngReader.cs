using System.Buffers.Binary;
using System.IO.Compression;

namespace DistTrain.Learning;

/// <summary>
/// Reads a PNG picture as grey: all colour types and depths, not interlaced; every chunk's CRC is
/// checked. (W3C PNG specification, second edition, sections 5, 9 and 11.)
/// </summary>
internal static class PngReader
{
    public static GrayImage Read(ReadOnlySpan<byte> file, string path)
    {
        PngHeader? header = null;
        ReadOnlySpan<byte> palette = [];
        ReadOnlySpan<byte> transparency = [];
        using var compressed = new MemoryStream();
        bool ended = false;
        int at = PngFormat.Signature.Length;
        while (!ended)
        {
            ReadOnlySpan<byte> chunk = NextChunk(file, ref at, path);
            ReadOnlySpan<byte> type = chunk[..4];
            ReadOnlySpan<byte> data = chunk[4..];
            bool isHeader = type.SequenceEqual("IHDR"u8);
            if (isHeader != header is null)
            {
                throw Damaged(path, "it does not begin with its header, or has two");
            }

            if (isHeader)
            {
                header = PngHeader.Parse(data, path);
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = data;
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                transparency = data;
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                compressed.Write(data);
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                ended = true;
            }
            else if (char.IsAsciiLetterUpper((char)type[0]))
            {
                throw Damaged(path, "it has a required part that is not known");
            }
        }

        compressed.Position = 0;
        byte[] rows = Inflate(compressed, header!.Value, path);
        PngFilter.Undo(rows, header.Value, path);
        byte[] pixels = new PngGray(header.Value, palette, transparency, path).Convert(rows);
        return new GrayImage(header.Value.Rows, header.Value.Columns, pixels);
    }

    public static DataException Damaged(string path, string problem, Exception? inner = null) =>
        DataException.For(path, $"damaged PNG: {problem}", "Write the picture again", inner);

    /// <summary>The type and data of the chunk at a place, which moves behind it.</summary>
    private static ReadOnlySpan<byte> NextChunk(
        ReadOnlySpan<byte> file, scoped ref int at, string path)
    {
        if (file.Length - at < PngFormat.ChunkOverheadBytes)
        {
            throw Damaged(path, "it is cut short");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (length > file.Length - at - PngFormat.ChunkOverheadBytes)
        {
            throw Damaged(path, "it is cut short");
        }

        ReadOnlySpan<byte> chunk = file.Slice(at + 4, 4 + (int)length);
        uint crc = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]);
        at += PngFormat.ChunkOverheadBytes + (int)length;
        return PngFormat.Crc(chunk) == crc ? chunk : throw Damaged(path, "a checksum is wrong");
    }

    /// <returns>Rows, each a filter byte and then its bytes.</returns>
    private static byte[] Inflate(Stream compressed, PngHeader header, string path)
    {
        byte[] rows = new byte[header.Rows * (1 + header.RowBytes)];
        try
        {
            using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
            inflate.ReadExactly(rows);
            return inflate.ReadByte() < 0 ? rows : throw Damaged(path, "it has too many pixels");
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw Damaged(path, "its pixels are cut short or corrupt", e);
        }
    }
}
