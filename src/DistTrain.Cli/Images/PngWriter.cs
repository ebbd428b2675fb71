using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DistTrain.Cli;

/// <summary>Writes grey PNG files of 8 bits (PNG specification, third edition).</summary>
internal static class PngWriter
{
    internal static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] Format(GrayImage image)
    {
        using var png = new MemoryStream();
        png.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Columns);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Rows);
        header[8] = 8; // Bits a sample; colour type 0, grey; the rest 0: the only methods.
        WriteChunk(png, "IHDR", header);
        WriteChunk(png, "IDAT", Compress(image));
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    private static byte[] Compress(GrayImage image)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            for (int row = 0; row < image.Rows; row++)
            {
                zlib.WriteByte(0); // No filter: digits are mostly flat.
                zlib.Write(image.Pixels, row * image.Columns, image.Columns);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] name = Encoding.ASCII.GetBytes(type);
        png.Write(name);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(name, data));
        png.Write(number);
    }
}
