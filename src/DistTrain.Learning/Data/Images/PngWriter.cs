using System.Buffers.Binary;
using System.IO.Compression;

namespace DistTrain.Learning;

/// <summary>Writes a picture as 8-bit grey PNG, unfiltered.</summary>
public static class PngWriter
{
    public static byte[] ToBytes(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Columns);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Rows);
        header[8] = 8;

        using var file = new MemoryStream();
        file.Write(PngFormat.Signature);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Deflate(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Deflate(GrayImage image)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            for (int row = 0; row < image.Rows; row++)
            {
                deflate.WriteByte(0);
                deflate.Write(image.Pixels, row * image.Columns, image.Columns);
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(
        MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[PngFormat.ChunkOverheadBytes + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        uint crc = PngFormat.Crc(chunk.AsSpan(4, 4 + data.Length));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), crc);
        file.Write(chunk);
    }
}
