using System.Buffers.Binary;
using System.IO.Compression;

namespace DistTrain.Learning.Tests;

/// <summary>Makes IDX files, right or wrong ones.</summary>
internal static class IdxBytes
{
    public static byte[] Images(int count, int rows, int columns, Func<int, byte>? pixel = null)
    {
        byte[] body = new byte[count * rows * columns];
        for (int i = 0; i < body.Length; i++)
        {
            body[i] = pixel is null ? (byte)(i * 7) : pixel(i);
        }

        return [.. Words(2051, (uint)count, (uint)rows, (uint)columns), .. body];
    }

    public static byte[] Labels(params byte[] labels) =>
        [.. Words(2049, (uint)labels.Length), .. labels];

    public static byte[] Words(params uint[] words)
    {
        byte[] bytes = new byte[4 * words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A folder with 6 images of 2 × 3 to train on and 2 to test, plain files.</summary>
    public static void WriteSet(TemporaryFolder folder, string prefix = "")
    {
        folder.Write(prefix + "train-images-idx3-ubyte", Images(6, 2, 3));
        folder.Write(prefix + "train-labels-idx1-ubyte", Labels(0, 1, 2, 3, 2, 1));
        folder.Write(prefix + "t10k-images-idx3-ubyte", Images(2, 2, 3));
        folder.Write(prefix + "t10k-labels-idx1-ubyte", Labels(4, 0));
    }
}
